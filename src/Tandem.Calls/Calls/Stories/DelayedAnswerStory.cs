using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// The INVITE had no offer: the callee's came in its 2xx, and the caller's ACK brings the answer (RFC 3261 §13.2.1).
/// <paramref name="acknowledge"/> sends the ACK to the callee, once.
/// </summary>
internal sealed class DelayedAnswerStory(LiveCall call, Action<ReadOnlyMemory<byte>> acknowledge)
{
    public async Task RunAsync(Task<byte[]?> ackOfCaller)
    {
        var negotiation = new Negotiation(call.Caller);
        call.Negotiation = negotiation;
        var ack = await ackOfCaller;
        call.Negotiation = null;

        // Without an ACK the leg was reported lost already, and the release of the call acknowledges the callee.
        if (ack is null || call.IsOver)
        {
            acknowledge(default);
            return;
        }

        var result = call.Model.Media!.Answer(CallSide.Caller, ack);
        if (!result.IsAccepted)
        {
            acknowledge(default);
            call.End(new CallEnding(Verdicts.For(EndReason.NotAcceptable, CallSide.Caller, answered: true, result.Text)));
            return;
        }

        call.Caller.LastSdp = ack;
        acknowledge(result.Sdp);
        call.UpdateMedia();
    }
}
