using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

// Callers who hung up and are called in their turn: an agent first, and when he is on the line, the caller.
public sealed partial class QueueEngine
{
    /// <summary>The caller makes up his mind, or his phone is being let go: he keeps his place, and nobody is offered to him. False when he does not wait.</summary>
    public bool Hold(TicketId ticket, bool isHeld, Moment now)
    {
        if (!_tickets.TryGetValue(ticket, out var waiter) || waiter.Agent is not null || waiter.IsCallback)
            return false;

        if (isHeld)
            Free(waiter, now);
        waiter.NotBefore = isHeld ? Moment.Never : Moment.Zero;
        return true;
    }

    /// <summary>The caller is gone and is called in his turn; his place stays. False when he does not wait.</summary>
    public bool CallBack(TicketId ticket, string number, Moment now)
    {
        if (!_tickets.TryGetValue(ticket, out var waiter) || waiter.Agent is not null || waiter.IsCallback)
            return false;

        Free(waiter, now);
        (waiter.CallbackNumber, waiter.NotBefore) = (number, now + _options.FirstCallback);
        Tell(CallerStep.Left, waiter, [], LeaveReason.Callback, now);
        Tell(CallerStep.CallbackAsked, waiter, [], null, now);
        return true;
    }

    /// <summary>Takes up a callback of before the restart, without telling anybody; null when its queue is gone.</summary>
    public TicketId? Restore(QueueEntry entry, string number, int tries, Moment joinedAt)
    {
        if (!_lines.TryGetValue(entry.Queue, out var line))
            return null;

        var waiter = new Waiter(new TicketId(++_lastTicket), line, entry, joinedAt) { CallbackNumber = number, Tries = tries };
        _tickets.Add(waiter.Id, waiter);
        line.Enter(waiter);
        return waiter.Id;
    }

    /// <summary>An agent is on the line for a callback, and the caller is called now. False when he was not rung for it, or nobody is to be called any more.</summary>
    public bool Accept(TicketId ticket, string agent, Moment now)
    {
        if (Find(ticket, agent) is not var (waiter, who) || !waiter.IsCallback)
            return false;

        waiter.Ringing.Remove(who);
        Free(waiter, now);
        waiter.Agent = who;
        waiter.Tries++;
        who.MissedInARow = 0;
        Enter(who, now);
        Tell(CallerStep.CallbackCalling, waiter, [agent], null, now);
        return true;
    }

    /// <summary>The caller answered, and talks to the agent who waited for him. False when there is none.</summary>
    public bool Reached(TicketId ticket, Moment now)
    {
        if (!_tickets.TryGetValue(ticket, out var waiter) || waiter is not { IsCallback: true, IsReached: false, Agent: { } agent })
            return false;

        waiter.IsReached = true;
        Tell(CallerStep.CallbackReached, waiter, [agent.Number], null, now);
        Serve(waiter, agent, now);
        return true;
    }

    /// <summary>The caller was not reached, or not by this agent: the agent is free again, and the caller is called again or not. False when nobody calls him.</summary>
    public bool NotReached(TicketId ticket, CallbackEnd end, Moment now)
    {
        if (!_tickets.TryGetValue(ticket, out var waiter) || waiter is not { IsCallback: true, IsReached: false, Agent: { } agent })
            return false;

        var settings = waiter.Line.Settings;
        waiter.Agent = null;
        agent.Work = null;
        if (end == CallbackEnd.AgentGone)
        {
            // It was his doing: the caller loses nothing by it.
            agent.ReadyAt = now + PenaltyOf(settings, RingResult.Rejected);
            waiter.Tries--;
        }

        Enter(agent, now);
        if (_lines.GetValueOrDefault(waiter.Line.Name) != waiter.Line)
            return Drop(waiter, LeaveReason.Closed, now);
        if (end == CallbackEnd.Impossible || waiter.Tries >= settings.CallbackTries)
            return Drop(waiter, end == CallbackEnd.Impossible ? LeaveReason.Impossible : LeaveReason.NotReached, now);

        waiter.NotBefore = end == CallbackEnd.AgentGone ? now : now + settings.CallbackPause;
        Tell(CallerStep.CallbackMissed, waiter, [agent.Number], null, now);
        return true;
    }

    /// <summary>None of the agents who were rung for a callback came to the phone: others are rung a little later, for what failed now fails a moment later, too.</summary>
    public void NoAgent(TicketId ticket, RingResult result, Moment now)
    {
        if (!_tickets.TryGetValue(ticket, out var waiter) || waiter.Agent is not null)
            return;

        waiter.NotBefore = now + _options.FirstCallback;
        foreach (var agent in waiter.Ringing.ToArray())
            Report(ticket, agent.Number, result, now);
    }

    /// <summary>The callbacks of a queue in the order in which they are served.</summary>
    public IReadOnlyList<CallbackView> Callbacks(string queue, Moment now)
    {
        if (!_lines.TryGetValue(queue, out var line))
            return [];

        var found = new List<CallbackView>();
        for (var i = 0; i < line.Waiting.Count; i++)
        {
            if (line.Waiting[i] is { IsCallback: true } waiter)
                found.Add(ViewOf(waiter, i + 1, now));
        }

        return found;
    }

    /// <summary>A callback; null when the ticket is none, or it is over.</summary>
    public CallbackView? CallbackOf(TicketId ticket, Moment now) =>
        _tickets.TryGetValue(ticket, out var waiter) && waiter is { IsCallback: true, IsReached: false } ? ViewOf(waiter, waiter.Line.Waiting.IndexOf(waiter) + 1, now) : null;

    // Who waits to be called longer than the queue lets him is told so by the event, and by nobody else.
    private void Expire(Moment now)
    {
        foreach (var line in _lines.Values)
        {
            if (line.Settings.CallbackExpiry == TimeSpan.Zero)
                continue;

            for (var i = line.Waiting.Count - 1; i >= 0; i--)
            {
                if (line.Waiting[i] is { IsCallback: true, Agent: null, Ringing.Count: 0 } waiter && waiter.JoinedAt + line.Settings.CallbackExpiry <= now)
                    Drop(waiter, LeaveReason.Expired, now);
            }
        }
    }

    // The next moment at which only time changes something for callbacks.
    private static Moment NextCallback(QueueLine line, Moment now)
    {
        var next = Moment.Never;
        foreach (var waiter in line.Waiting)
        {
            // Who is being called has no time to run out.
            if (!waiter.IsCallback || waiter.Agent is not null || waiter.Ringing.Count > 0)
                continue;

            if (waiter.NotBefore > now)
                next = Moment.Earlier(next, waiter.NotBefore);
            if (line.Settings.CallbackExpiry > TimeSpan.Zero)
                next = Moment.Earlier(next, waiter.JoinedAt + line.Settings.CallbackExpiry);
        }

        return next;
    }

    private bool Drop(Waiter waiter, LeaveReason reason, Moment now)
    {
        Free(waiter, now);
        _tickets.Remove(waiter.Id);
        waiter.Line.Waiting.Remove(waiter);
        if (reason is LeaveReason.NotReached or LeaveReason.Expired)
            waiter.Line.Tally.Abandoned(now);
        Tell(reason == LeaveReason.Cancelled ? CallerStep.CallbackCancelled : CallerStep.CallbackFailed, waiter, [], reason, now);
        return true;
    }

    private static CallbackView ViewOf(Waiter waiter, int position, Moment now) => new(
        waiter.Id, waiter.Entry, waiter.CallbackNumber, waiter.Tries, now - waiter.JoinedAt, position, waiter.NotBefore > now ? waiter.NotBefore : Moment.Zero, waiter.Agent?.Number ?? "");
}
