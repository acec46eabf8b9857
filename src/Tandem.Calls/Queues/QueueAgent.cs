using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>An agent at work, in all queues of the tenant. Only its engine writes it.</summary>
internal sealed class QueueAgent(string number)
{
    public string Number => number;

    public bool IsLoggedIn { get; set; }

    public bool IsPaused { get; set; }

    public string PauseReason { get; set; } = "";

    /// <summary>The ticket that his phone rings for, or whose caller he talks to.</summary>
    public Waiter? Work { get; set; }

    /// <summary>When the wrap-up or the penalty is over.</summary>
    public Moment ReadyAt { get; set; }

    /// <summary>Since when he has had no call; the least is rung first.</summary>
    public Moment IdleSince { get; set; }

    /// <summary>Since when his state is what it is.</summary>
    public Moment Since { get; set; }

    public long Calls { get; set; }

    public long Missed { get; set; }

    public int MissedInARow { get; set; }

    /// <summary>The queue whose call he has or had last.</summary>
    public string LastQueue { get; set; } = "";

    /// <summary>Calls by queue since he logged in.</summary>
    public Dictionary<string, long> ByQueue { get; } = [];

    /// <summary>The queues that he is a member of.</summary>
    public List<string> Queues { get; } = [];

    public AgentState StateAt(Moment now)
    {
        if (Work is not null)
            return Work.Agent == this ? AgentState.Talking : AgentState.Ringing;
        if (!IsLoggedIn)
            return AgentState.LoggedOut;
        if (IsPaused)
            return AgentState.Paused;
        return ReadyAt > now ? AgentState.WrapUp : AgentState.Free;
    }

    public bool IsFree(Moment now) => StateAt(now) == AgentState.Free;

    // A wrap-up that is over by itself tells nobody: since then he is free.
    public AgentSnapshot SnapshotAt(Moment now)
    {
        var state = StateAt(now);
        var since = state == AgentState.Free && ReadyAt > Since ? ReadyAt : Since;
        return new AgentSnapshot(number, state, PauseReason, since, state == AgentState.WrapUp ? ReadyAt : Moment.Zero, Calls, Missed, LastQueue, [.. Queues],
            IsLoggedIn ? new AgentLogin(number, IsPaused, PauseReason) : null);
    }
}
