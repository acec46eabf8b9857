namespace Tandem.Calls.Queues;

/// <summary>What happened to a caller of a queue.</summary>
public enum CallerStep
{
    Joined,

    /// <summary>Phones of agents ring for him.</summary>
    Offered,

    /// <summary>An agent answered.</summary>
    Answered,

    /// <summary>He waits no longer, and has no agent.</summary>
    Left,

    /// <summary>His call with the agent is over.</summary>
    Ended,
}
