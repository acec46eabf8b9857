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

    protected Leg Leg => leg;

    /// <summary>Completes with the final response or with what stands for it.</summary>
    public ValueTask<Reply> ReplyAsync() => _reply.WaitAsync();

    /// <summary>Stops waiting because the call is over.</summary>
    public virtual void GiveUp() => Complete(Reply.CallOver);

    public virtual void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (response.StatusCode >= 200)
            Complete(new Reply(response.StatusCode, response));
    }

    public void OnTimeout() => Complete(Reply.TimedOut);

    public void OnTransportFailed() => Complete(Reply.Unsendable);

    public void OnEnded() => Complete(Reply.TimedOut);

    protected void Complete(Reply reply)
    {
        if (_reply.TrySet(reply))
            leg.Finished(this);
    }
}
