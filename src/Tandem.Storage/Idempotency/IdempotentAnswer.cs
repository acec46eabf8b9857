namespace Tandem.Storage.Idempotency;

/// <summary>What a request was answered with.</summary>
/// <param name="Status">The status code of HTTP.</param>
/// <param name="Headers">The headers that belong to the body and to what was made.</param>
/// <param name="Body">The bytes of the body.</param>
public sealed record IdempotentAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);
