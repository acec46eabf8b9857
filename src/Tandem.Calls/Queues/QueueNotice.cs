using Tandem.Calls.Calls;
using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>Something that an engine wants told. It is taken by <see cref="QueueEngine.TakeNotices"/>.</summary>
public abstract record QueueNotice(Moment At)
{
    /// <summary>A caller joined, is offered to agents, has one, or has left.</summary>
    /// <param name="Kind">Which of them.</param>
    /// <param name="Ticket">His place.</param>
    /// <param name="Queue">The queue.</param>
    /// <param name="Call">His call.</param>
    /// <param name="Number">His number.</param>
    /// <param name="Agents">Who rings, or who answered; empty where there is none.</param>
    /// <param name="Waited">For how long he has waited.</param>
    /// <param name="Reason">Why he left; only then.</param>
    /// <param name="Waiting">How many wait after it.</param>
    public sealed record Caller(
        CallerStep Kind, TicketId Ticket, string Queue, CallId Call, string Number, IReadOnlyList<string> Agents, TimeSpan Waited, LeaveReason? Reason, int Waiting, Moment At)
        : QueueNotice(At);

    /// <summary>An agent is in another state.</summary>
    public sealed record Agent(AgentSnapshot Snapshot, Moment At) : QueueNotice(At);
}
