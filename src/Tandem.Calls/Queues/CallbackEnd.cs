namespace Tandem.Calls.Queues;

/// <summary>What came of calling somebody back whose agent is on the line.</summary>
public enum CallbackEnd
{
    /// <summary>He did not answer, or was busy: he is called again later, as often as the queue says.</summary>
    Missed,

    /// <summary>His number cannot be called: it is not tried again.</summary>
    Impossible,

    /// <summary>The agent hung up before: another one is asked.</summary>
    AgentGone,
}
