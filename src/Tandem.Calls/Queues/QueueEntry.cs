using Tandem.Calls.Calls;

namespace Tandem.Calls.Queues;

/// <summary>Somebody who wants to wait.</summary>
/// <param name="Queue">The name of the queue.</param>
/// <param name="Call">His call.</param>
/// <param name="Number">His number.</param>
/// <param name="Priority">Who has a higher one is served first. Default 0.</param>
public sealed record QueueEntry(string Queue, CallId Call, string Number, int Priority = 0);
