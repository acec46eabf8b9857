namespace Tandem.Storage.Idempotency;

/// <summary>What is read of a key that is there.</summary>
internal sealed class IdempotencyRow
{
    public string Fingerprint { get; set; } = "";

    public string? Answer { get; set; }
}
