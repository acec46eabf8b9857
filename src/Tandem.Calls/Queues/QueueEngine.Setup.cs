using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

// Queues, members, and the work of agents.
public sealed partial class QueueEngine
{
    /// <summary>Why somebody is paused who let too many calls ring.</summary>
    public const string MissedReason = "no-answer";

    /// <summary>Sets a queue and its members. Who waits there stays; a call of somebody who is no member any more goes on.</summary>
    public void Configure(QueueSettings settings, IReadOnlyList<QueueMember> members, Moment now)
    {
        if (_lines.TryGetValue(settings.Name, out var line))
            line.Settings = settings;
        else
            _lines.Add(settings.Name, line = new QueueLine(settings));

        foreach (var (_, agent) in line.Members)
            agent.Queues.Remove(line.Name);
        line.Members.Clear();
        foreach (var member in members.OrderBy(member => member.Number, StringComparer.Ordinal))
        {
            var agent = AgentOf(member.Number, now);
            agent.Queues.Add(line.Name);
            line.Members.Add((member, agent));
        }

        Forget(now);
    }

    /// <summary>Removes a queue; who waits there has left it. False when there is none.</summary>
    public bool Remove(string name, Moment now)
    {
        if (!_lines.Remove(name, out var line))
            return false;

        foreach (var waiter in line.Waiting.ToArray())
            Leave(waiter.Id, LeaveReason.Closed, now);
        foreach (var (_, agent) in line.Members)
            agent.Queues.Remove(line.Name);
        Forget(now);
        return true;
    }

    /// <summary>The names of the queues.</summary>
    public IReadOnlyCollection<string> Names => _lines.Keys;

    /// <summary>The settings of a queue; null when there is none.</summary>
    public QueueSettings? SettingsOf(string name) => _lines.GetValueOrDefault(name)?.Settings;

    /// <summary>The members of a queue, by number.</summary>
    public IReadOnlyList<QueueMember> MembersOf(string name) => _lines.TryGetValue(name, out var line) ? [.. line.Members.Select(member => member.Member)] : [];

    /// <summary>The name of the queue at a number that phones dial; null when there is none.</summary>
    public string? At(string number)
    {
        foreach (var line in _lines.Values)
        {
            if (line.Settings.Number == number)
                return line.Name;
        }

        return null;
    }

    /// <summary>Who has a ticket; null when nobody does.</summary>
    public QueueEntry? EntryOf(TicketId ticket) => _tickets.GetValueOrDefault(ticket)?.Entry;

    /// <summary>True when an extension is a member of some queue.</summary>
    public bool IsAgent(string number) => _agents.TryGetValue(number, out var agent) && agent.Queues.Count > 0;

    /// <summary>Logs an agent in, in all of his queues. False when he is a member of none, or is logged in.</summary>
    public bool LogIn(string number, Moment now)
    {
        if (!_agents.TryGetValue(number, out var agent) || agent.IsLoggedIn || agent.Queues.Count == 0)
            return false;

        agent.IsLoggedIn = true;
        agent.IsPaused = false;
        agent.PauseReason = "";
        agent.IdleSince = agent.ReadyAt = now;
        agent.Calls = agent.Missed = agent.MissedInARow = 0;
        agent.ByQueue.Clear();
        Enter(agent, now);
        return true;
    }

    /// <summary>Logs him out; a call that he has goes on. False when he is not logged in.</summary>
    public bool LogOut(string number, Moment now)
    {
        if (!_agents.TryGetValue(number, out var agent) || !agent.IsLoggedIn)
            return false;

        agent.IsLoggedIn = agent.IsPaused = false;
        agent.PauseReason = "";
        Enter(agent, now);
        return true;
    }

    /// <summary>Gives him no calls until <see cref="Resume"/>; one that he has goes on. False when he is not logged in.</summary>
    /// <param name="number">Who.</param>
    /// <param name="reason">Why, for the figures; may be empty. At most <see cref="QueueRules.LongestReason"/> characters are kept.</param>
    /// <param name="now">Now.</param>
    public bool Pause(string number, string reason, Moment now)
    {
        if (!_agents.TryGetValue(number, out var agent) || !agent.IsLoggedIn)
            return false;

        agent.IsPaused = true;
        agent.PauseReason = reason.Length > QueueRules.LongestReason ? reason[..QueueRules.LongestReason] : reason;
        Enter(agent, now);
        return true;
    }

    /// <summary>Gives him calls again, at once also from a wrap-up. False when he is not logged in.</summary>
    public bool Resume(string number, Moment now)
    {
        if (!_agents.TryGetValue(number, out var agent) || !agent.IsLoggedIn)
            return false;

        agent.IsPaused = false;
        agent.PauseReason = "";
        agent.MissedInARow = 0;
        agent.ReadyAt = now;
        Enter(agent, now);
        return true;
    }

    /// <summary>Takes up what an agent was before the restart, without telling anybody.</summary>
    public void Restore(AgentLogin login, Moment now)
    {
        if (!_agents.TryGetValue(login.Number, out var agent))
            return;

        agent.IsLoggedIn = true;
        agent.IsPaused = login.IsPaused;
        agent.PauseReason = login.PauseReason;
        agent.IdleSince = agent.Since = now;
    }

    /// <summary>One agent; null when he is none.</summary>
    public AgentSnapshot? FindAgent(string number, Moment now) => _agents.GetValueOrDefault(number)?.SnapshotAt(now);

    /// <summary>All agents, or those of a queue, by number.</summary>
    public IReadOnlyList<AgentSnapshot> Agents(Moment now, string? queue = null)
    {
        if (queue is null)
            return [.. _agents.Values.Select(agent => agent.SnapshotAt(now)).OrderBy(agent => agent.Number, StringComparer.Ordinal)];

        return _lines.TryGetValue(queue, out var line) ? [.. line.Members.Select(member => member.Agent.SnapshotAt(now))] : [];
    }

    /// <summary>Who waits in a queue, in the order in which they are served.</summary>
    public IReadOnlyList<QueueWaiter> Waiting(string queue, Moment now)
    {
        if (!_lines.TryGetValue(queue, out var line))
            return [];

        return [.. line.Waiting.Select((waiter, i) => new QueueWaiter(
            waiter.Id, waiter.Entry.Call, waiter.Entry.Number, i + 1, waiter.Entry.Priority, now - waiter.JoinedAt, waiter.IsCallback,
            [.. waiter.Ringing.Select(agent => agent.Number)]))];
    }

    /// <summary>The figures of a queue; null when there is none.</summary>
    public QueueFigures? FiguresOf(string queue, Moment now)
    {
        if (!_lines.TryGetValue(queue, out var line))
            return null;

        var oldest = now;
        var callbacks = 0;
        foreach (var waiter in line.Waiting)
        {
            oldest = Moment.Earlier(oldest, waiter.JoinedAt);
            callbacks += waiter.IsCallback ? 1 : 0;
        }

        Span<int> states = stackalloc int[Enum.GetValues<AgentState>().Length];
        foreach (var (_, agent) in line.Members)
            states[(int)agent.StateAt(now)]++;
        return line.Tally.Into(
            new QueueFigures
            {
                Queue = line.Name,
                Waiting = line.Waiting.Count,
                Callbacks = callbacks,
                Longest = now - oldest,
                Estimate = line.Estimate(line.Waiting.Count + 1, now),
                LoggedIn = line.Members.Count - states[(int)AgentState.LoggedOut],
                Paused = states[(int)AgentState.Paused],
                Free = states[(int)AgentState.Free],
                Ringing = states[(int)AgentState.Ringing],
                Talking = states[(int)AgentState.Talking],
                WrapUp = states[(int)AgentState.WrapUp],
            },
            now);
    }

    private QueueAgent AgentOf(string number, Moment now)
    {
        if (_agents.TryGetValue(number, out var agent))
            return agent;

        agent = new QueueAgent(number) { Since = now, IdleSince = now };
        _agents.Add(number, agent);
        return agent;
    }

    // Who is in no queue any more is logged out, so that nobody finds him logged in later, and with no call he is nobody here; one with a call is forgotten when something changes after it.
    private void Forget(Moment now)
    {
        foreach (var (number, agent) in _agents)
        {
            if (agent.Queues.Count > 0)
                continue;

            LogOut(number, now);
            if (agent.Work is null)
                _agents.Remove(number);
        }
    }
}
