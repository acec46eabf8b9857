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

    /// <summary>He hung up, and is called in his turn.</summary>
    CallbackAsked,

    /// <summary>An agent is on the line, and he is called now.</summary>
    CallbackCalling,

    /// <summary>He was not reached, or not by this agent; he is called again.</summary>
    CallbackMissed,

    /// <summary>He answered, and talks to the agent.</summary>
    CallbackReached,

    /// <summary>He is not called any more: the reason says why.</summary>
    CallbackFailed,

    /// <summary>Somebody with the permission gave it up.</summary>
    CallbackCancelled,
}
