namespace Tandem.Calls.Queues;

/// <summary>What an agent does, as the queues see it.</summary>
public enum AgentState
{
    LoggedOut,

    /// <summary>Logged in, and takes no calls of queues.</summary>
    Paused,

    /// <summary>Takes the next call.</summary>
    Free,

    /// <summary>His phone rings for a queue.</summary>
    Ringing,

    /// <summary>Talks to a caller of a queue.</summary>
    Talking,

    /// <summary>Writes up the call that he had, or is left alone after one that he did not take.</summary>
    WrapUp,
}
