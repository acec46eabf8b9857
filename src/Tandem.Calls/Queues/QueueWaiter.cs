using Tandem.Calls.Calls;

namespace Tandem.Calls.Queues;

/// <summary>Somebody who waits, at one moment.</summary>
/// <param name="Ticket">His place.</param>
/// <param name="Call">His call; the one that he hung up when he is to be called back.</param>
/// <param name="Number">His number.</param>
/// <param name="Position">1 for who is next.</param>
/// <param name="Priority">Who has a higher one goes first.</param>
/// <param name="Waited">For how long.</param>
/// <param name="IsCallback">He hung up and is called in his turn.</param>
/// <param name="Agents">Whose phones ring for him.</param>
public sealed record QueueWaiter(TicketId Ticket, CallId Call, string Number, int Position, int Priority, TimeSpan Waited, bool IsCallback, IReadOnlyList<string> Agents);
