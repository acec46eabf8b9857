using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>One queue at work: who waits and who serves. Only its engine writes it.</summary>
internal sealed class QueueLine(QueueSettings settings)
{
    public QueueSettings Settings { get; set; } = settings;

    public string Name => Settings.Name;

    /// <summary>By number, so that taking turns has an order.</summary>
    public List<(QueueMember Member, QueueAgent Agent)> Members { get; } = [];

    /// <summary>Who waits, in the order in which they are served.</summary>
    public List<Waiter> Waiting { get; } = [];

    /// <summary>Whom the last call was offered to, for taking turns.</summary>
    public string LastOffered { get; set; } = "";

    public QueueTally Tally { get; } = new();

    public void Enter(Waiter waiter)
    {
        var at = Waiting.Count;
        while (at > 0 && waiter.IsBefore(Waiting[at - 1]))
            at--;
        Waiting.Insert(at, waiter);
    }

    /// <summary>The first who waits and for whom no phone rings; null when there is none.</summary>
    public Waiter? Head(Moment now)
    {
        foreach (var waiter in Waiting)
        {
            if (waiter.IsReady(now))
                return waiter;
        }

        return null;
    }

    public int Working()
    {
        var count = 0;
        foreach (var (_, agent) in Members)
        {
            if (agent is { IsLoggedIn: true, IsPaused: false })
                count++;
        }

        return count;
    }

    public bool HasAgents()
    {
        foreach (var (_, agent) in Members)
        {
            if (agent.IsLoggedIn)
                return true;
        }

        return false;
    }

    /// <summary>
    /// What somebody at <paramref name="position"/> still waits: every agent who works takes a caller each time that he has ended one. Null
    /// when none works.
    /// </summary>
    public TimeSpan? Estimate(int position, Moment now)
    {
        var working = Working();
        if (working == 0)
            return null;

        var handling = (Tally.AverageCall(now) is { } average && average > TimeSpan.Zero ? average : Settings.AssumedCall) + Settings.WrapUp;
        return handling * position / working;
    }
}
