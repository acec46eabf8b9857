using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>
/// Somebody is transferred to the exchange itself: to a room, an echo. Nobody rings; the phone gets a re-INVITE with an offer of ours, and when it
/// accepts, the program of the service serves it. When it does not, the old call is as it was.
/// </summary>
internal sealed class ServeTransferredStory(LiveCall call, Transfer transfer, CalleeAddressing addressing)
{
    public async ValueTask<CallEnding> RunAsync(ExchangeService service, string identity)
    {
        if (MediaOpening.Open(call) is { } refusal)
            return refusal;

        var leg = transfer.Transferee;
        var media = call.Model.Media!;
        if (leg.Call.Model.Media is { } before)
            media.ContinueOrigin(CallSide.Caller, before, leg.Side);
        var offer = media.Create(CallSide.Caller);
        if (!offer.IsAccepted)
            return MediaRefusals.Ending(offer);

        call.SetDeadline(call.Options.SetupTimeout);
        var takeover = new LegTakeover(call, leg, CallSide.Caller, (_, _) => transfer.Moved());
        call.Start(async () => call.Post(new CallSignal(CallSignalKind.TakenOver, Status: await takeover.RunAsync(offer.Sdp, identity))));
        while (!takeover.IsDone)
        {
            var signal = await call.NextAsync();
            var ending = Handle(signal);
            signal.Message?.Release();
            if (takeover.IsDone || ending is not { } end)
                continue;

            takeover.Abort();
            media.AbandonOffer();
            return end;
        }

        var person = new ServedCall(call, leg, addressing);
        var program = call.Environment.MakeProgram(call, service);
        return program.Prepare(person) ?? await person.ServeAsync(program);
    }

    private static CallEnding? Handle(in CallSignal signal) => signal.Kind switch
    {
        CallSignalKind.TakenOver when signal.Status is >= 200 and < 300 => null,
        CallSignalKind.TakenOver when signal.Status == 487 => CallEnding.For(EndReason.Cancelled, CallSide.Caller, answered: false),
        CallSignalKind.TakenOver => Refused(signal.Status),
        CallSignalKind.Cancelled => CallEnding.For(EndReason.Cancelled, CallSide.Caller, answered: false),
        CallSignalKind.TimeUp => CallEnding.For(EndReason.SetupTimeout, CallSide.Caller, answered: false),
        CallSignalKind.HangUp => CallEnding.For(signal.Reason, CallSide.Exchange, answered: false),
        _ => null,
    };

    private static CallEnding Refused(int status)
    {
        var heard = ForkResponses.TowardCaller(status);
        var reason = Verdicts.ReasonOf(heard);
        return new CallEnding(new Verdict(Verdicts.Row(reason).Result, reason, heard, CallSide.Caller, Cause.FromStatus(heard), "The phone that was to be moved refused"));
    }
}
