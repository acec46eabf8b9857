using Tandem.Calls.Calls;

namespace Tandem.Calls.Subscriptions.Packages;

/// <summary>One dialog of a watched extension.</summary>
/// <param name="Id">Its id in the documents of a subscription.</param>
/// <param name="State">The state of RFC 4235 §3.7.1.</param>
/// <param name="IsInitiator">The watched extension has called; else it was called.</param>
/// <param name="OwnNumber">The watched extension.</param>
/// <param name="OtherNumber">The other party; empty when it wants to stay unknown.</param>
internal sealed record WatchedDialog(string Id, WatchedDialogState State, bool IsInitiator, string OwnNumber, string OtherNumber)
{
    /// <summary>
    /// One side of a call; null when there is nothing to tell of it. A callee that does not ring yet has no dialog: an attempt that
    /// reaches no phone must not make its lamp flash (so "trying" is never told).
    /// </summary>
    public static WatchedDialog? Of(CallSnapshot call, bool isCaller)
    {
        WatchedDialogState? state = call.State switch
        {
            CallState.Initiated when isCaller => WatchedDialogState.Proceeding,
            CallState.Ringing => WatchedDialogState.Early,
            CallState.Established => WatchedDialogState.Confirmed,
            _ => null,
        };
        if (state is not { } told)
            return null;

        return isCaller
            ? new WatchedDialog(call.Id.Value + "-a", told, true, call.CallerNumber, call.CalleeNumber)
            : new WatchedDialog(call.Id.Value + "-b", told, false, call.CalleeNumber, call.CallerIsPrivate ? "" : call.CallerNumber);
    }
}
