namespace Tandem.Calls.Queues;

/// <summary>Why somebody waits no longer.</summary>
public enum LeaveReason
{
    /// <summary>An agent talks to him.</summary>
    Answered,

    /// <summary>He hung up.</summary>
    Abandoned,

    /// <summary>He waited as long as the queue lets callers wait, or chose to go on.</summary>
    Overflow,

    /// <summary>He is called back in his turn; his place stays.</summary>
    Callback,

    /// <summary>The queue was removed, or the exchange wants the call to end.</summary>
    Closed,
}
