namespace Tandem.Calls.Monitoring;

/// <summary>What a supervisor does.</summary>
public enum MonitorEventKind
{
    /// <summary>He is at a call; he may have come from another one of the agent that he follows.</summary>
    Started,

    /// <summary>He is heard otherwise than before.</summary>
    ModeChanged,

    /// <summary>He waits for the next call of the agent that he follows.</summary>
    Waiting,

    /// <summary>He has taken the call over: the agent is out of it.</summary>
    TakenOver,

    /// <summary>He has left.</summary>
    Ended,

    /// <summary>He may not, or typed a wrong PIN.</summary>
    Refused,
}
