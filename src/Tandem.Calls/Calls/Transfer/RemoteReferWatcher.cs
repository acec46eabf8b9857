namespace Tandem.Calls.Calls.Transfer;

/// <summary>
/// A subscription on the shard of the REFER, which came outside of any dialog, to a transfer on the shard of the call. The news of the
/// one are posted to the other, in order.
/// </summary>
/// <param name="home">The shard of the REFER.</param>
internal sealed class RemoteReferWatcher(CallEnvironment home) : IReferWatcher
{
    private ReferSubscription? _subscription;

    /// <summary>The REFER was accepted: its dialog is the subscription's alone. On the home shard, before any news.</summary>
    public void Open(ReferSubscription subscription)
    {
        _subscription = subscription;
        subscription.KeepDialog();
    }

    public void Tell(int status, bool isFinal) => home.PostToShard(() => _subscription?.Tell(status, isFinal));

    /// <summary>The news travel in a dialog of their own: nothing in the call has to wait for them.</summary>
    public void WhenDelivered(Action then) => then();
}
