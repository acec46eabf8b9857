namespace Tandem.Calls.Calls;

/// <summary>The states of a call, in their only order. The REST API writes them in capitals.</summary>
public enum CallState
{
    Initiated,
    Ringing,
    Established,
    Terminating,
    Terminated,
}
