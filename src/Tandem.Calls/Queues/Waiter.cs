using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>A ticket at work. Only its engine writes it.</summary>
internal sealed class Waiter(TicketId id, QueueLine line, QueueEntry entry, Moment joinedAt)
{
    public TicketId Id => id;

    public QueueLine Line => line;

    public QueueEntry Entry => entry;

    public Moment JoinedAt => joinedAt;

    /// <summary>Nobody is offered to him before; <see cref="Moment.Never"/> while he makes up his mind about a callback.</summary>
    public Moment NotBefore { get; set; }

    /// <summary>The number at which he is called back; empty while he is on the line.</summary>
    public string CallbackNumber { get; set; } = "";

    public bool IsCallback => CallbackNumber.Length > 0;

    /// <summary>How often he was called.</summary>
    public int Tries { get; set; }

    /// <summary>He answered the call back.</summary>
    public bool IsReached { get; set; }

    /// <summary>Whose phones ring for it; empty while nobody's does.</summary>
    public List<QueueAgent> Ringing { get; } = [];

    /// <summary>Who answered; null while it waits.</summary>
    public QueueAgent? Agent { get; set; }

    public Moment AnsweredAt { get; set; }

    public bool IsReady(Moment now) => Ringing.Count == 0 && Agent is null && NotBefore <= now;

    /// <summary>True when this one is served before <paramref name="other"/>: weight of the queue, priority, then who came first.</summary>
    public bool IsBefore(Waiter other)
    {
        if (line.Settings.Weight != other.Line.Settings.Weight)
            return line.Settings.Weight > other.Line.Settings.Weight;

        return entry.Priority != other.Entry.Priority ? entry.Priority > other.Entry.Priority : id.Value < other.Id.Value;
    }
}
