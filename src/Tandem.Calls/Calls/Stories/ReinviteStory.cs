using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// A re-INVITE passes through (RFC 3261 §14): hold, resume, another codec. What the phones agree on is in force when both
/// have it; a refusal leaves the session as it was.
/// </summary>
internal sealed class ReinviteStory(LiveCall call, Leg from)
{
    public async Task RunAsync(SipMessage request, ServerTransaction server)
    {
        if (NegotiationRules.Refuses(call, from, request, server))
            return;

        var to = call.Other(from);
        var hasOffer = !request.Sdp.IsEmpty;
        var offer = ReadOnlyMemory<byte>.Empty;
        if (hasOffer && !NegotiationRules.TryOffer(call, from, request.Sdp, server, out offer))
            return;

        var negotiation = new Negotiation(from) { Server = server };
        call.Negotiation = negotiation;
        try
        {
            await to.SettledAsync();
            if (call.IsOver)
                return;

            OutgoingInvite? invite = null;
            var reply = Reply.CallOver;
            for (var attempt = 0; attempt < NegotiationRules.MostIntervalAttempts && !negotiation.IsCancelled && !call.IsOver; attempt++)
            {
                negotiation.Invite = invite = to.Reinvite(offer);
                reply = await invite.ReplyAsync();
                if (!to.Session.IsRaisedBy(reply))
                    break;
            }

            if (!reply.IsSuccess)
                Refuse(to, reply, server);
            else if (hasOffer)
                FinishOffer(to, invite!, reply, request, server);
            else
                await FinishRequestForOfferAsync(to, invite!, reply, request, server);
        }
        finally
        {
            if (call.Negotiation == negotiation)
                call.Negotiation = null;
        }
    }

    private void Refuse(Leg to, in Reply reply, ServerTransaction server)
    {
        call.Model.Media?.AbandonOffer();
        from.Respond(server, server.IsCancelled ? 487 : InDialogReplies.Status(reply));
        InDialogReplies.EndIfGone(call, to, reply);
    }

    private void FinishOffer(Leg to, OutgoingInvite invite, in Reply reply, SipMessage request, ServerTransaction server)
    {
        invite.Ack(default);
        if (call.IsOver)
            return;

        to.Learn(reply.Message!);
        to.Session.Succeeded(reply.Message!);
        var answer = call.Model.Media!.Answer(to.Side, reply.Sdp);
        if (!answer.IsAccepted)
        {
            // The far phone has changed its session already, so the two no longer agree: there is no way back but the end.
            from.Respond(server, 488);
            call.End(CallEnding.For(EndReason.NotAcceptable, to.Side, answered: true, answer.Text));
            return;
        }

        from.LastSdp = request.Sdp;
        to.LastSdp = reply.Sdp;
        _ = from.AcceptInvite(server, request, answer.Sdp);
        call.UpdateMedia();
    }

    // The far phone offers in its 2xx, and waits for its ACK until this one has answered in its own.
    private async ValueTask FinishRequestForOfferAsync(Leg to, OutgoingInvite invite, Reply reply, SipMessage request, ServerTransaction server)
    {
        to.Learn(reply.Message!);
        to.Session.Succeeded(reply.Message!);
        var offer = call.Model.Media!.Offer(to.Side, reply.Sdp);
        if (!offer.IsAccepted)
        {
            invite.Ack(default);
            from.Respond(server, 488);
            call.End(CallEnding.For(EndReason.NotAcceptable, to.Side, answered: true, offer.Text));
            return;
        }

        var ack = await from.AcceptInvite(server, request, offer.Sdp);
        if (ack is null || call.IsOver)
        {
            invite.Ack(default);
            return;
        }

        var answer = call.Model.Media!.Answer(from.Side, ack);
        invite.Ack(answer.Sdp);
        if (!answer.IsAccepted)
        {
            call.End(CallEnding.For(EndReason.NotAcceptable, from.Side, answered: true, answer.Text));
            return;
        }

        from.LastSdp = ack;
        to.LastSdp = reply.Sdp;
        call.UpdateMedia();
    }
}
