namespace Tandem.Storage.Idempotency;

/// <summary>What is written at the end of a claim.</summary>
/// <param name="Sealed">The sealed answer; null when there is none to keep, and the key is free again.</param>
/// <param name="ExpiresAt">When the answer is forgotten, as stored.</param>
internal sealed record IdempotencyOutcome(string? Sealed, long ExpiresAt);
