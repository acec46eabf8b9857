using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Services;

/// <summary>
/// A call whose other end is the exchange: answered at once with an SDP of our own, then a program works until somebody hangs up. Somebody may have been rung before, without success.
/// </summary>
internal sealed class ServiceStory(LiveCall call, ExchangeService service, CalleeAddressing addressing)
{
    public async ValueTask<CallEnding> RunAsync()
    {
        var leg = (InboundLeg)call.Caller;
        MediaResult described;
        if (call.Control?.Wait is { Early: { IsEmpty: false } early })
        {
            described = new MediaResult(early); // RFC 3261 §13.2.1: the answer that the caller has got already
        }
        else
        {
            if (MediaOpening.Open(call) is { } refusal)
                return refusal;

            var media = call.Model.Media!;
            described = leg.HasOffer ? media.Accept(CallSide.Caller, leg.LastSdp) : media.Create(CallSide.Caller);
            if (!described.IsAccepted)
                return MediaRefusals.Ending(described);
        }

        var person = new ServedCall(call, leg, addressing);
        var program = call.Environment.MakeProgram(call, service);
        call.SetDeadline(call.Options.MaximumDuration);
        if (program.Prepare(person) is { } unavailable)
            return unavailable;

        // What interrupts the wait for a PRACK is the next signal.
        if (!await leg.MayAnswerAsync())
            return await person.ServeAsync(new NoProgram());

        var ack = leg.Answer(described.Sdp);
        call.Model.Answer(call.Now);
        if (leg.HasOffer)
        {
            call.UpdateMedia();
            return await person.ServeAsync(program);
        }

        return await person.ServeAsync(program, ServedRequests.TakeAnswerAsync(call, leg, ack));
    }
}
