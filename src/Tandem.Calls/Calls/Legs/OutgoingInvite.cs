using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>A re-INVITE (RFC 3261 §14.1) that a story awaits, acknowledges and may cancel.</summary>
internal sealed class OutgoingInvite(Leg leg) : OutgoingRequest(leg)
{
    private bool _acked;

    /// <summary>Acknowledges the 2xx, with the answer where the offer came in it. Once.</summary>
    public void Ack(ReadOnlyMemory<byte> sdp)
    {
        if (_acked || Transaction is null || Leg.Dialog is not { } dialog)
            return;

        _acked = true;
        Leg.SendAck(dialog, Transaction, sdp);
        HandOver(Unattended.Instance);
    }

    /// <summary>
    /// The call is over. An INVITE that got a provisional response has no timer (RFC 3261 §17.1.1.2), so without a CANCEL a
    /// phone that forgets it would leave its transaction behind for ever.
    /// </summary>
    public override void GiveUp()
    {
        Cancel();
        base.GiveUp();
        if (Leg.Dialog is { } dialog)
            HandOver(new AbandonedReinvite(Leg.Call.Environment, dialog, Leg.Trunk));
    }

    /// <summary>CANCEL, because who asked for the change has cancelled it.</summary>
    public void Cancel()
    {
        if (Transaction is not null)
            Leg.Engine.Cancel(Transaction, Leg.Call.Now);
    }
}
