namespace Tandem.Storage.Idempotency;

/// <summary>What became of asking for a key.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Claim">The claim, when it is <see cref="IdempotencyState.Claimed"/>.</param>
/// <param name="Answer">The answer, when it is <see cref="IdempotencyState.Answered"/>.</param>
public readonly record struct IdempotencyResult(IdempotencyState State, IdempotencyClaim? Claim = null, IdempotentAnswer? Answer = null);
