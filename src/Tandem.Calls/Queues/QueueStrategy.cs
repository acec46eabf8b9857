namespace Tandem.Calls.Queues;

/// <summary>Which of the free agents of a queue is rung for a caller. Among equals it is always the one who has been free longest.</summary>
public enum QueueStrategy
{
    /// <summary>All free agents of the best tier at once; the first who answers has the call.</summary>
    RingAll,

    /// <summary>Who has been free longest.</summary>
    LongestIdle,

    /// <summary>One after the other in the order of their numbers, beginning behind the one who was rung last.</summary>
    RoundRobin,

    /// <summary>Who has answered the fewest calls of the queue since he logged in.</summary>
    FewestCalls,

    /// <summary>Who has the highest skill in the queue.</summary>
    Skill,
}
