namespace Tandem.Calls.Calls;

/// <summary>Why a call ended.</summary>
public enum EndReason
{
    Completed,
    Cancelled,
    Busy,
    NoAnswer,
    NotRegistered,
    NotFound,
    Rejected,
    Forbidden,
    NotAcceptable,
    SetupTimeout,
    MaximumDuration,
    MediaTimeout,
    SessionExpired,
    LoopDetected,
    TransportFailed,
    CallerLost,
    CalleeLost,
    NoPorts,
    Overloaded,
    ServerError,
    Shutdown,
    ClearedByOperator,
    NodeLost,
    Transferred,
}
