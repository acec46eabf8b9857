namespace Tandem.Calls.Calls;

/// <summary>
/// The one table behind every verdict: why a call ended → whose matter it was, the SIP status that the caller gets when
/// the call was not answered, and the Q.850 cause of the Reason header.
/// </summary>
public static class Verdicts
{
    /// <summary>The row of <paramref name="reason"/>.</summary>
    public static (ResultClass Result, int Status, int Cause) Row(EndReason reason) => reason switch
    {
        EndReason.Completed => (ResultClass.Success, 200, Cause.NormalClearing),
        EndReason.Cancelled => (ResultClass.Client, 487, Cause.NormalUnspecified),
        EndReason.Busy => (ResultClass.Client, 486, Cause.UserBusy),
        EndReason.NoAnswer => (ResultClass.Client, 480, Cause.NoAnswer),
        EndReason.NotRegistered => (ResultClass.Client, 480, Cause.SubscriberAbsent),
        EndReason.NotFound => (ResultClass.Client, 404, Cause.UnallocatedNumber),
        EndReason.Rejected => (ResultClass.Client, 603, Cause.CallRejected),
        EndReason.Forbidden => (ResultClass.Client, 403, Cause.CallRejected),
        EndReason.NotAcceptable => (ResultClass.Client, 488, Cause.IncompatibleDestination),
        EndReason.SetupTimeout => (ResultClass.Upstream, 408, Cause.RecoveryOnTimerExpiry),
        EndReason.MaximumDuration => (ResultClass.Success, 200, Cause.NormalClearing),
        EndReason.MediaTimeout => (ResultClass.Upstream, 504, Cause.DestinationOutOfOrder),
        EndReason.SessionExpired => (ResultClass.Upstream, 504, Cause.RecoveryOnTimerExpiry),
        EndReason.LoopDetected => (ResultClass.Client, 482, Cause.ExchangeRoutingError),
        EndReason.TransportFailed => (ResultClass.Upstream, 480, Cause.DestinationOutOfOrder),
        EndReason.CallerLost => (ResultClass.Upstream, 504, Cause.DestinationOutOfOrder),
        EndReason.CalleeLost => (ResultClass.Upstream, 504, Cause.DestinationOutOfOrder),
        EndReason.NoPorts => (ResultClass.Server, 503, Cause.NoCircuitAvailable),
        EndReason.Overloaded => (ResultClass.Server, 503, Cause.Congestion),
        EndReason.ServerError => (ResultClass.Server, 500, Cause.TemporaryFailure),
        EndReason.Shutdown => (ResultClass.Server, 503, Cause.TemporaryFailure),
        EndReason.ClearedByOperator => (ResultClass.Server, 480, Cause.NormalUnspecified),
        EndReason.NodeLost => (ResultClass.Indeterminate, 0, Cause.None),
        EndReason.Transferred => (ResultClass.Success, 487, Cause.NormalClearing),
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <summary>The verdict of a call that ended for <paramref name="reason"/>; an answered call keeps status 200.</summary>
    public static Verdict For(EndReason reason, CallSide by, bool answered, string text = "")
    {
        var (result, status, cause) = Row(reason);
        return new Verdict(result, reason, answered ? 200 : status, by, cause, text);
    }

    /// <summary>
    /// The verdict of a call that no contact accepted: <paramref name="status"/> is what the contacts said (after
    /// <see cref="ForkResponses.TowardCaller"/>), so the caller hears it unchanged.
    /// </summary>
    public static Verdict ForRefusal(int status, string text = "")
    {
        var reason = ReasonOf(status);
        return new Verdict(Row(reason).Result, reason, status, CallSide.Callee, Cause.FromStatus(status), text);
    }

    /// <summary>What a final status of a phone means for the call.</summary>
    public static EndReason ReasonOf(int status) => status switch
    {
        486 or 600 => EndReason.Busy,
        403 => EndReason.Forbidden,
        603 or 607 or 608 => EndReason.Rejected,
        404 or 410 or 484 or 485 or 604 => EndReason.NotFound,
        406 or 415 or 488 or 606 => EndReason.NotAcceptable,
        408 or 504 => EndReason.SetupTimeout,
        480 => EndReason.NoAnswer,
        482 or 483 => EndReason.LoopDetected,
        503 => EndReason.Overloaded,
        _ => EndReason.Rejected,
    };
}
