using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Programs;

/// <summary>What a phone asks for while it talks to the exchange (hold, another codec, a refresh) is answered here, for there is nobody to ask.</summary>
internal sealed class ServedRequests(LiveCall call)
{
    /// <summary>Answers a request other than BYE.</summary>
    public void Serve(Leg leg, SipMessage request, ServerTransaction server)
    {
        switch (request.Method)
        {
            case SipMethod.Invite or SipMethod.Update when NegotiationRules.Refuses(call, leg, request, server):
                break;
            case SipMethod.Update when request.Sdp.IsEmpty:
                leg.Respond(server, 200, w => leg.Session.Accept(request, w));
                break;
            case SipMethod.Invite when request.Sdp.IsEmpty:
                OfferAgain(leg, request, server);
                break;
            case SipMethod.Invite or SipMethod.Update:
                Accept(leg, request, server);
                break;
            case SipMethod.Info when request.Body.Length <= call.Options.MaxInfoBytes:
                DigitRelay.TryTake(call, leg, request);
                leg.Respond(server, 200);
                break;
            case SipMethod.Info:
                leg.Respond(server, 413);
                break;
            default:
                leg.Respond(server, 405, w => w.Header(HeaderName.Allow, leg.Engine.Allow));
                break;
        }
    }

    /// <summary>Takes the answer that the ACK of an offer of ours brings; the call ends when it cannot be used.</summary>
    public static async Task TakeAnswerAsync(LiveCall call, Leg leg, Task<byte[]?> ackOfPhone)
    {
        var negotiation = new Negotiation(leg);
        call.Negotiation = negotiation;
        var ack = await ackOfPhone;
        if (call.Negotiation == negotiation)
            call.Negotiation = null;
        if (ack is null || call.IsOver)
            return; // the leg was reported lost

        var result = call.Model.Media!.Answer(leg.Side, ack);
        if (!result.IsAccepted)
        {
            call.End(new CallEnding(Verdicts.For(EndReason.NotAcceptable, leg.Side, answered: true, result.Text)));
            return;
        }

        leg.LastSdp = ack;
        call.UpdateMedia();
    }

    private void Accept(Leg leg, SipMessage request, ServerTransaction server)
    {
        var answer = call.Model.Media!.Accept(leg.Side, request.Sdp.ToArray());
        if (!answer.IsAccepted)
        {
            leg.Respond(server, MediaRefusals.Status(answer.Refusal));
            return;
        }

        leg.LastSdp = request.Sdp.ToArray();
        if (request.Method == SipMethod.Invite)
            _ = leg.AcceptInvite(server, request, answer.Sdp);
        else
            leg.Respond(server, 200, w => leg.Session.Accept(request, w), answer.Sdp);
        call.UpdateMedia();
    }

    // A re-INVITE without an offer asks for ours (RFC 3261 §14.2); the ACK brings the answer.
    private void OfferAgain(Leg leg, SipMessage request, ServerTransaction server)
    {
        var offer = call.Model.Media!.Create(leg.Side);
        if (!offer.IsAccepted)
            leg.Respond(server, MediaRefusals.Status(offer.Refusal));
        else
            call.Start(() => TakeAnswerAsync(call, leg, leg.AcceptInvite(server, request, offer.Sdp)));
    }
}
