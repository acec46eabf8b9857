namespace Tandem.Calls.Queues;

/// <summary>Agents whose phones are to ring for a caller now. They are kept for him until each has a <see cref="RingResult"/> or has answered.</summary>
/// <param name="Ticket">Whose turn it is.</param>
/// <param name="Queue">In which queue.</param>
/// <param name="Agents">Their extensions: one, or many where all ring.</param>
/// <param name="RingTime">For how long.</param>
/// <param name="IsCallback">The caller hung up and is to be called.</param>
public sealed record QueueOffer(TicketId Ticket, string Queue, IReadOnlyList<string> Agents, TimeSpan RingTime, bool IsCallback);
