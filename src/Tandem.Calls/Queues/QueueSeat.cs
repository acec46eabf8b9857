using Tandem.Calls.Tenants;

namespace Tandem.Calls.Queues;

/// <summary>The place of a caller who is on the line, for the program that serves him. Written under the lock of the desk.</summary>
public sealed class QueueSeat
{
    internal QueueSeat(TenantId tenant, string queue, TicketId ticket, Action wake)
    {
        Tenant = tenant;
        Queue = queue;
        Ticket = ticket;
        Wake = wake;
    }

    public TenantId Tenant { get; }

    /// <summary>The name of the queue.</summary>
    public string Queue { get; }

    public TicketId Ticket { get; }

    /// <summary>Agents to ring now; null when there are none. Who takes it tells what became of each.</summary>
    public QueueOffer? Offer => Volatile.Read(ref _offer);

    /// <summary>True once the queue does not have him any more, for another reason than his own.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    internal Action Wake { get; }

    private QueueOffer? _offer;
    private bool _isClosed;

    internal void Give(QueueOffer offer) => Volatile.Write(ref _offer, offer);

    internal void Close() => Volatile.Write(ref _isClosed, true);

    /// <summary>Takes the agents to ring; null when there are none.</summary>
    public QueueOffer? TakeOffer() => Interlocked.Exchange(ref _offer, null);
}
