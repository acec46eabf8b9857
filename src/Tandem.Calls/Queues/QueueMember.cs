namespace Tandem.Calls.Queues;

/// <summary>An agent in a queue.</summary>
/// <param name="Number">His extension.</param>
/// <param name="Skill">How good he is at what the queue is for, 0 to 100: <see cref="QueueStrategy.Skill"/> takes the highest.</param>
/// <param name="Tier">1 to 100: who has a higher one is rung only when nobody of a lower one is free.</param>
public sealed record QueueMember(string Number, int Skill = 0, int Tier = 1);
