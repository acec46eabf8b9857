namespace Tandem.Calls.Queues;

/// <summary>Whether a queue took a caller.</summary>
public enum JoinOutcome
{
    Joined,

    /// <summary>There is no such queue.</summary>
    Unknown,

    /// <summary>As many wait as may.</summary>
    Full,

    /// <summary>No agent is logged in, and the queue keeps nobody then.</summary>
    NoAgents,
}
