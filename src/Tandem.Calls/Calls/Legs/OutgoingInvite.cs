using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>A re-INVITE (RFC 3261 §14.1) that a story awaits, acknowledges and may cancel.</summary>
internal sealed class OutgoingInvite(Leg leg) : OutgoingRequest(leg)
{
    private ClientTransaction? _transaction;
    private bool _acked;

    public void Sent(ClientTransaction transaction) => _transaction = transaction;

    public override void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        _transaction = transaction;
        base.OnResponse(response, transaction, dialog);

        // The story is gone: a late 2xx still wants its ACK, and the BYE is on its way (§13.2.2.4).
        if (response.StatusCode is >= 200 and < 300 && Leg.IsOver)
            Ack(default);
    }

    /// <summary>Acknowledges the 2xx, with the answer where the offer came in it. Once.</summary>
    public void Ack(ReadOnlyMemory<byte> sdp)
    {
        if (_acked || _transaction is null || Leg.Dialog is not { } dialog)
            return;

        _acked = true;
        Leg.SendAck(dialog, _transaction, sdp);
    }

    /// <summary>
    /// The call is over. An INVITE that got a provisional response has no timer (RFC 3261 §17.1.1.2), so without a CANCEL a
    /// phone that forgets it would leave its transaction behind for ever.
    /// </summary>
    public override void GiveUp()
    {
        Cancel();
        base.GiveUp();
    }

    /// <summary>CANCEL, because who asked for the change has cancelled it.</summary>
    public void Cancel()
    {
        if (_transaction is not null)
            Leg.Engine.Cancel(_transaction, Leg.Call.Now);
    }
}
