namespace Tandem.Calls.Queues;

/// <summary>What an agent tells the queues by his phone.</summary>
public enum AgentAction
{
    LogIn,

    LogOut,

    /// <summary>Begins a pause, or ends the one that he has.</summary>
    Pause,
}
