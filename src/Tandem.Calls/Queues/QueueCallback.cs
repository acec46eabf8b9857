namespace Tandem.Calls.Queues;

/// <summary>Somebody who hung up and is called back in his turn; what of it outlives a restart.</summary>
/// <param name="Id">The call in which he asked for it; names the callback.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Number">The number that is called.</param>
/// <param name="Caller">The number by which he came.</param>
/// <param name="Priority">Who has a higher one goes first.</param>
/// <param name="JoinedAt">Since when he waits.</param>
/// <param name="Tries">How often he was called.</param>
public sealed record QueueCallback(string Id, string Queue, string Number, string Caller, int Priority, DateTimeOffset JoinedAt, int Tries);
