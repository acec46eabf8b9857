using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// A session refresh that is our turn (RFC 4028 §10): UPDATE without SDP where the phone takes it, else a re-INVITE with the
/// session as it is. No answer, 408 or 481 mean that the phone is gone, and the call ends. A phone
/// that lost its connection is waited for: it comes back over another one (RFC 5626 §4.5).
/// </summary>
internal sealed class RefreshStory(LiveCall call, Leg leg)
{
    private const int MostAttempts = 5;

    public Task RunAsync() => RunAsync(leg.TakesUpdate);

    /// <summary>The phone is in another session than the call's: a re-INVITE gives it what the other phone said last.</summary>
    public Task RestoreAsync() => RunAsync(byUpdate: false);

    private async Task RunAsync(bool byUpdate)
    {
        for (var attempt = 0; attempt < MostAttempts && !IsGone; attempt++)
        {
            var reply = byUpdate ? await leg.RequestAsync(SipMethod.Update, leg.Session.Offer) : await ReinviteAsync();
            if (IsGone)
                return;

            switch (reply.Status)
            {
                case >= 200 and < 300:
                    leg.Learn(reply.Message!);
                    leg.Session.Succeeded(reply.Message!);
                    return;
                case 503 when reply.Message is null && leg.MayComeBack && attempt < MostAttempts - 1:
                    if (!await call.PauseAsync(call.Options.FlowRecoveryPause))
                        return;
                    break;
                case 408 or 481:
                case 503 when reply.Message is null:
                    call.Post(new CallSignal(CallSignalKind.LegLost, leg, Reason: EndReason.SessionExpired));
                    return;
                case 422 when leg.Session.TryRaise(reply.Message!):
                    break;
                case 405 or 501 when byUpdate:
                    byUpdate = false;
                    break;
                case 491 or 500:
                    if (!await call.PauseAsync(NegotiationRules.GlarePause(leg, call.Environment.Random)))
                        return;
                    break;
                default:
                    attempt = MostAttempts;
                    break;
            }
        }

        // Refused for another reason: the session lives until it expires (RFC 4028 §10).
        if (!IsGone)
            leg.Session.WaitForExpiry();
    }

    // In its next call the leg has had a re-INVITE, which was a refresh too; the session of this call is none of its phone's.
    private bool IsGone => call.IsOver || leg.Call != call;

    // The offer is what the other phone said last, or what we described to a phone that talks to the exchange, so nothing changes; the
    // media takes the answer as it takes any.
    private async ValueTask<Reply> ReinviteAsync()
    {
        await leg.SettledAsync();
        if (IsGone)
            return Reply.CallOver;

        if (call.Negotiation is not null)
            return new Reply(491, null);

        var media = call.Model.Media!;
        var offer = leg.Peer is { } other ? media.Offer(other.Side, other.LastSdp) : media.Create(leg.Side);
        if (!offer.IsAccepted)
            return new Reply(491, null);

        var negotiation = new Negotiation(null);
        call.Negotiation = negotiation;
        try
        {
            var invite = leg.Reinvite(offer.Sdp);
            var reply = await invite.ReplyAsync();
            if (!reply.IsSuccess)
            {
                if (!call.IsOver)
                    call.Model.Media?.AbandonOffer();
                return reply;
            }

            invite.Ack(default);
            if (!call.IsOver && call.Model.Media!.Answer(leg.Side, reply.Sdp).IsAccepted)
                leg.LastSdp = reply.Sdp;
            return reply;
        }
        finally
        {
            if (call.Negotiation == negotiation)
                call.Negotiation = null;
        }
    }
}
