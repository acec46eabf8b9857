using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>
/// The queues of one tenant: who waits, who serves, and whose phone rings for whom. Without I/O, clock or lock: one owner at a time calls it,
/// and time never runs backwards. What it wants told lies in <see cref="TakeNotices"/>.
/// </summary>
public sealed partial class QueueEngine
{
    private readonly QueueOptions _options;
    private readonly Dictionary<string, QueueLine> _lines = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, QueueAgent> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<TicketId, Waiter> _tickets = [];
    private List<QueueNotice> _notices = [];
    private long _lastTicket;

    public QueueEngine(QueueOptions? options = null) => _options = options ?? new QueueOptions();

    /// <summary>Tickets: who waits, and who talks to an agent.</summary>
    public int Tickets => _tickets.Count;

    /// <summary>Takes a caller in.</summary>
    /// <param name="entry">Who wants to wait, and where.</param>
    /// <param name="now">Now.</param>
    /// <param name="ticket">His place when he is in.</param>
    public JoinOutcome Join(QueueEntry entry, Moment now, out TicketId ticket)
    {
        ticket = default;
        if (!_lines.TryGetValue(entry.Queue, out var line))
            return JoinOutcome.Unknown;

        if (line.Waiting.Count >= line.Settings.MaxWaiting || (!line.Settings.JoinWithoutAgents && !line.HasAgents()))
        {
            line.Tally.Overflowed(now);
            return line.Waiting.Count >= line.Settings.MaxWaiting ? JoinOutcome.Full : JoinOutcome.NoAgents;
        }

        var waiter = new Waiter(new TicketId(++_lastTicket), line, entry, now);
        _tickets.Add(waiter.Id, waiter);
        line.Enter(waiter);
        line.Tally.Joined(now);
        ticket = waiter.Id;
        Tell(CallerStep.Joined, waiter, [], null, now);
        return JoinOutcome.Joined;
    }

    /// <summary>
    /// Gives those who wait the agents that are free: the heaviest queue first, then priority, then who came first. Nobody waits behind a
    /// caller of another queue whose agents are all busy.
    /// </summary>
    /// <param name="now">Now.</param>
    /// <param name="isAvailable">Whether an extension has a phone and is in no call outside the queues.</param>
    public IReadOnlyList<QueueOffer> Dispatch(Moment now, Func<string, bool> isAvailable)
    {
        List<QueueOffer>? offers = null;
        HashSet<QueueLine>? without = null;
        Expire(now);
        while (Next(without, now) is { } waiter)
        {
            var agents = AgentChoice.Choose(waiter.Line, now, _options.MaxRinging, isAvailable);
            if (agents.Count == 0)
            {
                (without ??= []).Add(waiter.Line);
                continue;
            }

            (offers ??= []).Add(Offer(waiter, agents, now));
        }

        return offers is null ? [] : offers;
    }

    /// <summary>An agent answered the call that he was rung for. False when he was not, or the caller is gone: his phone is to be released.</summary>
    public bool Answer(TicketId ticket, string agent, Moment now)
    {
        if (Find(ticket, agent) is not var (waiter, who))
            return false;

        waiter.Ringing.Remove(who);
        Free(waiter, now);
        waiter.Agent = who;
        Enter(who, now);
        Serve(waiter, who, now);
        return true;
    }

    private void Serve(Waiter waiter, QueueAgent who, Moment now)
    {
        waiter.AnsweredAt = now;
        waiter.Line.Waiting.Remove(waiter);
        var waited = now - waiter.JoinedAt;
        waiter.Line.Tally.Answered(now, waited, waiter.Line.Settings.ServiceLevelTime);
        who.Calls++;
        who.MissedInARow = 0;
        who.ByQueue[waiter.Line.Name] = who.ByQueue.GetValueOrDefault(waiter.Line.Name) + 1;
        Tell(CallerStep.Answered, waiter, [who.Number], null, now);
    }

    /// <summary>What came of ringing an agent. He is free again, after a penalty if it was his doing. False when he was not rung for it.</summary>
    public bool Report(TicketId ticket, string agent, RingResult result, Moment now)
    {
        if (Find(ticket, agent) is not var (waiter, who))
            return false;

        var settings = waiter.Line.Settings;
        waiter.Ringing.Remove(who);
        who.Work = null;
        if (result != RingResult.Cancelled)
        {
            who.Missed++;
            who.ReadyAt = now + PenaltyOf(settings, result);
            if (++who.MissedInARow >= settings.MissesBeforePause && settings.MissesBeforePause > 0 && !who.IsPaused)
            {
                who.IsPaused = true;
                who.PauseReason = MissedReason;
            }
        }

        Enter(who, now);
        return true;
    }

    /// <summary>The call of a caller with his agent is over: the agent has his wrap-up. Nothing for a ticket that has none.</summary>
    public void Hangup(TicketId ticket, Moment now)
    {
        if (!_tickets.TryGetValue(ticket, out var waiter) || waiter.Agent is not { } agent || waiter is { IsCallback: true, IsReached: false })
            return;

        _tickets.Remove(ticket);
        var lasted = now - waiter.AnsweredAt;
        waiter.Line.Tally.Ended(now, lasted);
        agent.Work = null;
        agent.IdleSince = now;
        agent.ReadyAt = now + waiter.Line.Settings.WrapUp;
        Enter(agent, now);
        Tell(CallerStep.Ended, waiter, [agent.Number], null, now);
    }

    /// <summary>
    /// A caller waits no longer; agents whose phones ring for him are free again. False when he does not wait, and for somebody who is called back when it is his old call that ended.
    /// </summary>
    public bool Leave(TicketId ticket, LeaveReason reason, Moment now)
    {
        if (!_tickets.TryGetValue(ticket, out var waiter) || waiter.Agent is not null)
            return false;

        if (waiter.IsCallback)
            return reason is LeaveReason.Closed or LeaveReason.Cancelled && Drop(waiter, reason, now);

        Free(waiter, now);
        _tickets.Remove(ticket);
        waiter.Line.Waiting.Remove(waiter);
        if (reason == LeaveReason.Abandoned)
            waiter.Line.Tally.Abandoned(now);
        else if (reason == LeaveReason.Overflow)
            waiter.Line.Tally.Overflowed(now);

        Tell(CallerStep.Left, waiter, [], reason, now);
        return true;
    }

    /// <summary>Where a caller stands; null when he does not wait.</summary>
    public QueuePlace? PlaceOf(TicketId ticket, Moment now)
    {
        if (!_tickets.TryGetValue(ticket, out var waiter) || waiter.Agent is not null)
            return null;

        var position = waiter.Line.Waiting.IndexOf(waiter) + 1;
        return new QueuePlace(position, now - waiter.JoinedAt, waiter.Line.Estimate(position, now));
    }

    /// <summary>When <see cref="Dispatch"/> could have something new to give only because time has passed; never when nobody waits.</summary>
    public Moment NextReady(Moment now)
    {
        var next = Moment.Never;
        foreach (var line in _lines.Values)
        {
            next = Moment.Earlier(next, NextCallback(line, now));
            if (line.Head(now) is null)
                continue;

            foreach (var (_, agent) in line.Members)
            {
                if (agent.ReadyAt > now && agent.StateAt(now) == AgentState.WrapUp)
                    next = Moment.Earlier(next, agent.ReadyAt);
            }
        }

        return next;
    }

    /// <summary>What is to be told since the last time, in order.</summary>
    public IReadOnlyList<QueueNotice> TakeNotices()
    {
        if (_notices.Count == 0)
            return [];

        var taken = _notices;
        _notices = [];
        return taken;
    }

    private TimeSpan PenaltyOf(QueueSettings settings, RingResult result)
    {
        if (result == RingResult.NoAnswer)
            return settings.Strategy == QueueStrategy.RingAll ? TimeSpan.Zero : settings.NoAnswerPenalty;

        return settings.RejectPenalty > _options.LeastPenalty ? settings.RejectPenalty : _options.LeastPenalty;
    }

    // The one of all heads that goes first; queues in which nobody is free are left out.
    private Waiter? Next(HashSet<QueueLine>? without, Moment now)
    {
        Waiter? first = null;
        foreach (var line in _lines.Values)
        {
            if (line.Waiting.Count > 0 && without?.Contains(line) != true && line.Head(now) is { } head && (first is null || head.IsBefore(first)))
                first = head;
        }

        return first;
    }

    private QueueOffer Offer(Waiter waiter, List<QueueAgent> agents, Moment now)
    {
        foreach (var agent in agents)
        {
            agent.Work = waiter;
            agent.LastQueue = waiter.Line.Name;
            waiter.Ringing.Add(agent);
            Enter(agent, now);
        }

        waiter.Line.LastOffered = agents[^1].Number;
        string[] numbers = [.. agents.Select(agent => agent.Number)];
        Tell(CallerStep.Offered, waiter, numbers, null, now);
        return new QueueOffer(waiter.Id, waiter.Line.Name, numbers, waiter.Line.Settings.RingTime, waiter.IsCallback);
    }

    private (Waiter Waiter, QueueAgent Agent)? Find(TicketId ticket, string agent) =>
        _tickets.TryGetValue(ticket, out var waiter) && _agents.TryGetValue(agent, out var who) && waiter.Ringing.Contains(who) ? (waiter, who) : null;

    // Whose phones ring for it are free again: it was not their doing.
    private void Free(Waiter waiter, Moment now)
    {
        foreach (var agent in waiter.Ringing)
        {
            agent.Work = null;
            Enter(agent, now);
        }

        waiter.Ringing.Clear();
    }

    private void Enter(QueueAgent agent, Moment now)
    {
        agent.Since = now;
        _notices.Add(new QueueNotice.Agent(agent.SnapshotAt(now), now));
    }

    private void Tell(CallerStep step, Waiter waiter, IReadOnlyList<string> agents, LeaveReason? reason, Moment now) => _notices.Add(new QueueNotice.Caller(
        step, waiter.Id, waiter.Line.Name, waiter.Entry.Call, waiter.Entry.Number, agents, (waiter.Agent is null || waiter is { IsCallback: true, IsReached: false } ? now : waiter.AnsweredAt) - waiter.JoinedAt, reason,
        waiter.Line.Waiting.Count, now));
}
