using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// UPDATE (RFC 3311). Without an offer it is about this leg alone (session timer, target) and is answered here. With one it
/// passes through: as UPDATE to a phone that takes it, else as re-INVITE.
/// </summary>
internal sealed class UpdateStory(LiveCall call, Leg from)
{
    public async Task RunAsync(SipMessage request, ServerTransaction server)
    {
        if (request.Sdp.IsEmpty)
        {
            if (NegotiationRules.RefusesBody(from, request, server))
                return;

            if (SessionTimer.RefusalOf(request, call.Options) is var least and > 0)
                from.Respond(server, 422, w => w.Header(HeaderName.MinSE, least));
            else
                from.Respond(server, 200, w => from.Session.Accept(request, w));
            return;
        }

        if (NegotiationRules.Refuses(call, from, request, server)
            || !NegotiationRules.TryOffer(call, from, request.Sdp, server, out var offer))
            return;

        var negotiation = new Negotiation(from);
        call.Negotiation = negotiation;
        try
        {
            await PassAsync(call.Other(from), offer, request, server);
        }
        finally
        {
            if (call.Negotiation == negotiation)
                call.Negotiation = null;
        }
    }

    private async ValueTask PassAsync(Leg to, ReadOnlyMemory<byte> offer, SipMessage request, ServerTransaction server)
    {
        var reply = await SendAsync(to, offer);
        if (call.IsOver)
            return;

        if (!reply.IsSuccess)
        {
            call.Model.Media?.AbandonOffer();
            from.Respond(server, InDialogReplies.Status(reply));
            InDialogReplies.EndIfGone(call, to, reply);
            return;
        }

        to.Learn(reply.Message!);
        to.Session.Succeeded(reply.Message!);
        var answer = call.Model.Media!.Answer(to.Side, reply.Sdp);
        if (!answer.IsAccepted)
        {
            from.Respond(server, 488);
            call.End(CallEnding.For(EndReason.NotAcceptable, to.Side, answered: true, answer.Text));
            return;
        }

        from.LastSdp = request.Sdp;
        to.LastSdp = reply.Sdp;
        from.Respond(server, 200, request.Method == SipMethod.Update ? w => from.Session.Accept(request, w) : null, answer.Sdp);
        call.UpdateMedia();
    }

    // RFC 4028 §7.3: 422 concerns the leg between us and that phone alone.
    private static async ValueTask<Reply> SendAsync(Leg to, ReadOnlyMemory<byte> offer)
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await SendOnceAsync(to, offer);
            if (attempt == NegotiationRules.MostIntervalAttempts || !to.Session.IsRaisedBy(reply))
                return reply;
        }
    }

    private static async ValueTask<Reply> SendOnceAsync(Leg to, ReadOnlyMemory<byte> offer)
    {
        if (to.TakesUpdate)
            return await to.RequestAsync(SipMethod.Update, to.Session.Offer, "application/sdp", offer);

        await to.SettledAsync();
        var invite = to.Reinvite(offer);
        var reply = await invite.ReplyAsync();
        if (reply.IsSuccess)
            invite.Ack(default);
        return reply;
    }
}
