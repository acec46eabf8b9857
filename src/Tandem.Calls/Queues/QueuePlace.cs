namespace Tandem.Calls.Queues;

/// <summary>Where somebody stands.</summary>
/// <param name="Position">1 for who is next.</param>
/// <param name="Waited">For how long he has waited.</param>
/// <param name="Estimate">What is thought to be left; null when no agent works.</param>
public readonly record struct QueuePlace(int Position, TimeSpan Waited, TimeSpan? Estimate);
