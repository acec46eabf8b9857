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

    /// <summary>Somebody with the permission took him out: he is in another call.</summary>
    Transferred,

    /// <summary>He was called back as often as the queue says, and not reached.</summary>
    NotReached,

    /// <summary>The number at which he wanted to be called back cannot be called.</summary>
    Impossible,

    /// <summary>He waited to be called back for as long as the queue lets callers wait for that.</summary>
    Expired,

    /// <summary>His callback was given up by somebody with the permission.</summary>
    Cancelled,
}
