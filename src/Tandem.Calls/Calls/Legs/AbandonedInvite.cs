using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>
/// An INVITE of ours whose leg is over. Its transaction lives on for up to 32 s: a 2xx that comes late, or from another phone behind
/// the contact, is acknowledged and ended (RFC 3261 §13.2.2.4), so no ghost call is left behind.
/// </summary>
/// <param name="environment">The shard.</param>
/// <param name="callId">The Call-ID of the leg, which is forgotten when the transaction ends.</param>
/// <param name="link">Answers requests in the dialogs that still open.</param>
/// <param name="answered">The dialog of the leg, which the leg has ended itself; null when there was none.</param>
/// <param name="trunk">The provider that it went to, which may ask for credentials; null for a phone.</param>
internal sealed class AbandonedInvite(CallEnvironment environment, string callId, LegLink link, Dialog? answered, TrunkUse? trunk) : ITransactionOwner
{
    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (dialog is null)
            return;

        dialog.Owner ??= link;
        if (response.StatusCode is >= 200 and < 300)
            End(dialog, transaction);
        else if (response.StatusCode < 200)
            OutboundLeg.AcceptReliable(environment, response, dialog, trunk);
    }

    public void OnTimeout()
    {
    }

    // Of a request that found no room in the table, nothing else is heard.
    public void OnTransportFailed() => Forget(environment, callId);

    public void OnEnded() => Forget(environment, callId);

    /// <summary>The transaction of the INVITE is over. Idempotent.</summary>
    public static void Forget(CallEnvironment environment, string callId)
    {
        if (environment.OwnCallIds.Remove(callId))
            environment.OpenTransactions--;
    }

    private void End(Dialog dialog, ClientTransaction invite)
    {
        var ack = dialog.Ack(invite.CSeq);
        trunk?.Repeat(ack);
        environment.Engine.SendAck(dialog, invite, ack, dialog.Flow);
        if (dialog != answered && dialog.State != DialogState.Terminated)
            Farewell.Send(environment, dialog, ReasonHeaders.CompletedElsewhere, trunk);
    }
}
