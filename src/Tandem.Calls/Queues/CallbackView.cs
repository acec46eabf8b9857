using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>A callback at one moment.</summary>
/// <param name="Ticket">Its place.</param>
/// <param name="Entry">Who waits.</param>
/// <param name="Number">The number that is called.</param>
/// <param name="Tries">How often it was.</param>
/// <param name="Waited">For how long he waits.</param>
/// <param name="Position">1 for who is next.</param>
/// <param name="NotBefore">He is not called before; <see cref="Moment.Zero"/> for as soon as an agent is free.</param>
/// <param name="Agent">The agent who is connected and waits for him; empty for none.</param>
public sealed record CallbackView(TicketId Ticket, QueueEntry Entry, string Number, int Tries, TimeSpan Waited, int Position, Moment NotBefore, string Agent);
