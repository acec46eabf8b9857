using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Stories;

/// <summary>The INVITE had no offer: the callee's came in its 2xx, and the caller's ACK brings the answer (RFC 3261 §13.2.1).</summary>
internal sealed class DelayedAnswerStory(LiveCall call, OutboundLeg callee)
{
    public async Task RunAsync(Task<byte[]?> ackOfCaller)
    {
        var negotiation = new Negotiation(call.Caller);
        call.Negotiation = negotiation;
        var ack = await ackOfCaller;
        call.Negotiation = null;

        // Without an ACK the leg was reported lost already, and the release of the call acknowledges the callee.
        if (ack is null || call.IsOver)
            return;

        var result = call.Model.Media!.Answer(CallSide.Caller, ack);
        if (!result.IsAccepted)
        {
            call.End(new CallEnding(Verdicts.For(EndReason.NotAcceptable, CallSide.Caller, answered: true, result.Text)));
            return;
        }

        call.Caller.LastSdp = ack;
        callee.Ack(result.Sdp);
        call.UpdateHold();
    }
}
