using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>A re-INVITE of ours whose call is over: a late 2xx still wants its ACK (RFC 3261 §13.2.2.4), and the BYE is on its way.</summary>
internal sealed class AbandonedReinvite(CallEnvironment environment, Dialog dialog, TrunkUse? trunk) : ITransactionOwner
{
    private bool _acked;

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? of)
    {
        if (_acked || response.StatusCode is < 200 or >= 300)
            return;

        _acked = true;
        var ack = dialog.Ack(transaction.CSeq);
        trunk?.Repeat(ack);
        environment.Engine.SendAck(dialog, transaction, ack, dialog.Flow);
    }

    public void OnTimeout()
    {
    }

    public void OnTransportFailed()
    {
    }

    public void OnEnded()
    {
    }
}
