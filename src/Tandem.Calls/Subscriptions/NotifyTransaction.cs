using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Subscriptions;

/// <summary>One NOTIFY that waits for its answer. A subscription has a new one each time: the old ones live on for a while in the engine.</summary>
internal sealed class NotifyTransaction(Subscription subscription, bool isLast) : ITransactionOwner
{
    /// <summary>True for the NOTIFY that tells the end.</summary>
    public bool IsLast => isLast;

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (response.StatusCode >= 200)
            subscription.OnAnswered(this, response);
    }

    public void OnTimeout() => subscription.OnFailed(this);

    public void OnTransportFailed() => subscription.OnFailed(this);

    public void OnEnded() => subscription.OnFailed(this);
}
