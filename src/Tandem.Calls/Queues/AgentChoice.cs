using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>Chooses whom a queue rings next. Pure: it changes nothing.</summary>
internal static class AgentChoice
{
    /// <summary>The agents to ring for the next caller of a queue; empty when none is free.</summary>
    /// <param name="line">The queue.</param>
    /// <param name="now">Now.</param>
    /// <param name="most">So many are rung at the same time.</param>
    /// <param name="isAvailable">Has a phone, and is in no other call.</param>
    public static List<QueueAgent> Choose(QueueLine line, Moment now, int most, Func<string, bool> isAvailable)
    {
        var chosen = new List<QueueAgent>();
        var best = default((QueueMember Member, QueueAgent Agent));
        foreach (var (member, agent) in line.Members)
        {
            if (!agent.IsFree(now) || (best.Member is { } known && member.Tier > known.Tier) || !isAvailable(agent.Number))
                continue;

            if (line.Settings.Strategy == QueueStrategy.RingAll)
            {
                if (best.Member is { } first && member.Tier < first.Tier)
                    chosen.Clear();
                chosen.Add(agent);
                best = (member, agent);
            }
            else if (best.Member is null || IsBetter(line, (member, agent), best))
            {
                best = (member, agent);
            }
        }

        if (line.Settings.Strategy != QueueStrategy.RingAll && best.Agent is { } one)
            chosen.Add(one);
        if (chosen.Count > most)
        {
            // Of more than can ring those who missed the least, and of them those who have waited longest: the next time it is the others' turn.
            chosen.Sort(static (a, b) => a.MissedInARow != b.MissedInARow ? a.MissedInARow.CompareTo(b.MissedInARow) : a.IdleSince.CompareTo(b.IdleSince));
            chosen.RemoveRange(most, chosen.Count - most);
        }

        return chosen;
    }

    private static bool IsBetter(QueueLine line, (QueueMember Member, QueueAgent Agent) a, (QueueMember Member, QueueAgent Agent) b)
    {
        if (a.Member.Tier != b.Member.Tier)
            return a.Member.Tier < b.Member.Tier;

        var order = line.Settings.Strategy switch
        {
            QueueStrategy.Skill => b.Member.Skill.CompareTo(a.Member.Skill),
            QueueStrategy.FewestCalls => CallsOf(a.Agent, line).CompareTo(CallsOf(b.Agent, line)),
            QueueStrategy.RoundRobin => IsBehind(b.Agent, line).CompareTo(IsBehind(a.Agent, line)),
            _ => 0,
        };
        if (order != 0)
            return order < 0;

        // Members stand in the order of their numbers: of equals the first is kept.
        return line.Settings.Strategy != QueueStrategy.RoundRobin && a.Agent.IdleSince < b.Agent.IdleSince;
    }

    private static long CallsOf(QueueAgent agent, QueueLine line) => agent.ByQueue.GetValueOrDefault(line.Name);

    // Those behind the last one come before those who stand before him, and himself.
    private static bool IsBehind(QueueAgent agent, QueueLine line) => string.CompareOrdinal(agent.Number, line.LastOffered) > 0;
}
