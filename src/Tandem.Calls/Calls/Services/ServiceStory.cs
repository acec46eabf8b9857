using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;
using Tandem.Calls.Routing;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Services;

/// <summary>
/// A call whose other end is the exchange: answered at once with an SDP of our own, then the service works until somebody hangs up.
/// What the phone asks for later (hold, another codec, a refresh) is answered here, for there is nobody to ask.
/// </summary>
internal sealed class ServiceStory(LiveCall call, ExchangeService service)
{
    public async ValueTask<CallEnding> RunAsync()
    {
        if (MediaOpening.Open(call) is { } refusal)
            return refusal;

        var leg = (InboundLeg)call.Caller;
        var media = call.Model.Media!;
        var described = leg.HasOffer ? media.Accept(CallSide.Caller, leg.LastSdp) : media.Create(CallSide.Caller);
        if (!described.IsAccepted)
            return MediaRefusals.Ending(described);

        // However the call ends, also by a fault: a story that waits then is never told.
        var work = ServiceWorks.Make(call, service);
        call.Ended = _ => work.End();
        call.SetDeadline(call.Options.MaximumDuration);
        if (work.Begin() is { } unavailable)
            return unavailable;

        var ack = leg.Answer(described.Sdp);
        call.Model.Answer(call.Now);
        if (!leg.HasOffer)
            call.Start(() => TakeAnswerAsync(leg, ack));
        else
            call.UpdateMedia();
        return await TalkAsync();
    }

    private async ValueTask<CallEnding> TalkAsync()
    {
        while (true)
        {
            var signal = await call.NextAsync();
            var ending = Handle(signal);
            signal.Message?.Release();
            if (ending is { } end)
                return end;
        }
    }

    // Null when the call goes on.
    private CallEnding? Handle(in CallSignal signal)
    {
        switch (signal.Kind)
        {
            case CallSignalKind.Request when signal.Message!.Method == SipMethod.Bye:
                signal.Leg!.Respond(signal.Server!, 200);
                signal.Leg.HungUp();
                return new CallEnding(Verdicts.For(EndReason.Completed, CallSide.Caller, answered: true), ReasonHeaders.From(signal.Message));
            case CallSignalKind.Request:
                Serve(signal.Leg!, signal.Message!, signal.Server!);
                return null;
            case CallSignalKind.RefreshDue:
                call.Start(() => new RefreshStory(call, call.Caller).RunAsync());
                return null;
            case CallSignalKind.LegLost:
                return CallEnding.For(signal.Reason, CallSide.Caller, answered: true);
            case CallSignalKind.TimeUp:
                return CallEnding.For(EndReason.MaximumDuration, CallSide.Exchange, answered: true);
            case CallSignalKind.MediaSilent:
                return CallEnding.For(EndReason.MediaTimeout, signal.Side, answered: true);
            case CallSignalKind.HangUp:
                return CallEnding.For(signal.Reason, CallSide.Exchange, answered: true);
            default:
                return null;
        }
    }

    private void Serve(Leg leg, SipMessage request, ServerTransaction server)
    {
        switch (request.Method)
        {
            case SipMethod.Invite or SipMethod.Update when NegotiationRules.Refuses(call, leg, request, server):
                break;
            case SipMethod.Update when request.Body.IsEmpty:
                leg.Respond(server, 200, w => leg.Session.Accept(request, w));
                break;
            case SipMethod.Invite when request.Body.IsEmpty:
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

    private void Accept(Leg leg, SipMessage request, ServerTransaction server)
    {
        var answer = call.Model.Media!.Accept(leg.Side, request.Body.ToArray());
        if (!answer.IsAccepted)
        {
            leg.Respond(server, MediaRefusals.Status(answer.Refusal));
            return;
        }

        leg.LastSdp = request.Body.ToArray();
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
            call.Start(() => TakeAnswerAsync(leg, leg.AcceptInvite(server, request, offer.Sdp)));
    }

    private async Task TakeAnswerAsync(Leg leg, Task<byte[]?> ackOfPhone)
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
            call.End(new CallEnding(Verdicts.For(EndReason.NotAcceptable, CallSide.Caller, answered: true, result.Text)));
            return;
        }

        leg.LastSdp = ack;
        call.UpdateMedia();
    }
}
