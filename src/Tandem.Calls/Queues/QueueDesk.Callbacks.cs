using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

// Callers who are called back.
public sealed partial class QueueDesk
{
    /// <summary>A callback has changed, and is to be stored like this; null when it is over. On any thread, must not block.</summary>
    public Action<TenantId, string, QueueCallback?>? CallbackChanged { get; set; }

    /// <inheritdoc cref="QueueEngine.Hold"/>
    public bool Hold(TenantId tenant, TicketId ticket, bool isHeld, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.Hold(ticket, isHeld, at));

    /// <inheritdoc cref="QueueEngine.CallBack"/>
    public bool AskCallback(TenantId tenant, TicketId ticket, string number, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.CallBack(ticket, number, at));

    /// <inheritdoc cref="QueueEngine.Accept"/>
    public bool Accept(TenantId tenant, TicketId ticket, string agent, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.Accept(ticket, agent, at));

    /// <inheritdoc cref="QueueEngine.Reached"/>
    public bool Reached(TenantId tenant, TicketId ticket, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.Reached(ticket, at));

    /// <inheritdoc cref="QueueEngine.NotReached"/>
    public bool NotReached(TenantId tenant, TicketId ticket, CallbackEnd end, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.NotReached(ticket, end, at));

    /// <inheritdoc cref="QueueEngine.NoAgent"/>
    public void NoAgent(TenantId tenant, TicketId ticket, RingResult result, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.NoAgent(ticket, result, at));

    /// <summary>Who is to be called back in a queue; null when there is none.</summary>
    public IReadOnlyList<CallbackView>? Callbacks(TenantId tenant, string queue, Moment now)
    {
        lock (_lock)
            return _halls.GetValueOrDefault(tenant)?.Engine is { } engine && engine.SettingsOf(queue) is not null ? engine.Callbacks(queue, Later(now)) : null;
    }

    /// <summary>One callback; null when there is none.</summary>
    public CallbackView? FindCallback(TenantId tenant, TicketId ticket, Moment now)
    {
        lock (_lock)
            return _halls.GetValueOrDefault(tenant)?.Engine.CallbackOf(ticket, Later(now));
    }

    /// <summary>Gives a callback up. False when an agent is on the line for it just now, or it is over.</summary>
    public bool CancelCallback(TenantId tenant, TicketId ticket, Moment now) =>
        Do(tenant, now, (hall, at) => hall.Engine.CallbackOf(ticket, at) is not null && hall.Engine.Leave(ticket, LeaveReason.Cancelled, at));

    /// <summary>Takes up a callback of before the restart. One whose queue is gone has failed, and that is told.</summary>
    public void Restore(TenantId tenant, QueueCallback callback, Moment now)
    {
        var waited = WallClock(now) - callback.JoinedAt;
        var joined = now - (waited > TimeSpan.Zero ? waited : TimeSpan.Zero);
        var entry = new QueueEntry(callback.Queue, new CallId(callback.Id), callback.Caller, callback.Priority);
        if (Do(tenant, now, (hall, _) => hall.Engine.Restore(entry, callback.Number, callback.Tries, joined) is not null))
            return;

        Tell(new QueueCallerEvent(tenant, new QueueNotice.Caller(
            CallerStep.CallbackFailed, default, callback.Queue, entry.Call, callback.Caller, [], now - joined, LeaveReason.Closed, 0, now), WallClock(now)));
        CallbackChanged?.Invoke(tenant, callback.Id, null);
    }

    // Under the lock.
    private void StoreCallback(Hall hall, QueueNotice.Caller caller)
    {
        if (caller.Kind is not (CallerStep.CallbackAsked or CallerStep.CallbackCalling or CallerStep.CallbackMissed or CallerStep.CallbackReached or CallerStep.CallbackFailed or CallerStep.CallbackCancelled))
            return;

        var id = caller.Call.Value;
        var kept = hall.Engine.CallbackOf(caller.Ticket, caller.At) is { } view
            ? new QueueCallback(id, caller.Queue, view.Number, caller.Number, view.Entry.Priority, WallClock(caller.At - view.Waited), view.Tries)
            : null;
        _outbox.Enqueue(() => CallbackChanged?.Invoke(hall.Tenant, id, kept));
    }
}
