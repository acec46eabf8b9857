using Tandem.Core.Loops;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>A request inside a dialog, other than INVITE, that somebody awaits.</summary>
internal class OutgoingRequest(Leg leg) : ITransactionOwner
{
    private readonly Signal<Reply> _reply = new();

    public LiveCall Call => leg.Call;

    /// <summary>For a provider, which may ask for credentials; null for a phone.</summary>
    public TrunkRetry? Retry { get; init; }

    protected ClientTransaction? Transaction { get; private set; }

    protected Leg Leg => leg;

    public void Sent(ClientTransaction transaction) => Transaction = transaction;

    /// <summary>Completes with the final response or with what stands for it.</summary>
    public ValueTask<Reply> ReplyAsync() => _reply.WaitAsync();

    /// <summary>Stops waiting because the call is over.</summary>
    public virtual void GiveUp()
    {
        HandOver(Unattended.Instance);
        Complete(Reply.CallOver);
    }

    public virtual void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (response.StatusCode < 200)
            return;

        if (Retry is { } retry && retry.TryAnswer(response, transaction, out var credentials))
        {
            transaction.Owner = Unattended.Instance;
            Transaction = leg.SendAgain(this, retry, credentials);
            return;
        }

        // From here on the transaction only takes repeated responses, for up to 32 s: that must not keep the call.
        if (response.StatusCode >= 300 || !transaction.IsInvite)
            HandOver(Unattended.Instance);
        if (!_reply.IsSet)
            Complete(new Reply(response.StatusCode, response.Retain()));
    }

    public void OnTimeout() => Complete(Reply.TimedOut);

    public void OnTransportFailed() => Complete(Reply.Unsendable);

    public void OnEnded() => Complete(Reply.TimedOut);

    protected void HandOver(ITransactionOwner owner)
    {
        if (Transaction is not null)
            Transaction.Owner = owner;
    }

    protected void Complete(Reply reply)
    {
        if (_reply.TrySet(reply))
            leg.Finished(this);
    }
}
