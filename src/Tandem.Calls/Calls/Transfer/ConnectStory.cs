using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>
/// One side of a new call is there, the other is still in the call that it comes from: from the re-INVITE to that one until both
/// talk, and then on to the end. Completes with how the new call ends; the call that the leg is in is not touched by a failure.
/// </summary>
internal sealed class ConnectStory(LiveCall call, Leg present, LegTakeover takeover)
{
    public async ValueTask<CallEnding> RunAsync(ReadOnlyMemory<byte> offer, string identity)
    {
        call.Start(async () => call.Post(new CallSignal(CallSignalKind.TakenOver, Status: await takeover.RunAsync(offer, identity))));
        while (true)
        {
            var signal = await call.NextAsync();
            if (takeover.IsDone)
                return await new ConversationStory(call).RunAsync(signal);

            var ending = Handle(signal);
            signal.Message?.Release();
            if (ending is not { } end)
                continue;

            takeover.Abort();
            call.Model.Media?.AbandonOffer();
            return end;
        }
    }

    private CallEnding? Handle(in CallSignal signal)
    {
        switch (signal.Kind)
        {
            case CallSignalKind.TakenOver:
                return Refused(signal.Status);
            case CallSignalKind.Cancelled:
                return new CallEnding(Verdicts.For(EndReason.Cancelled, CallSide.Caller, answered: false), ReasonHeaders.From(signal.Message, signal.Leg?.Trunk));
            case CallSignalKind.Request when signal.Message!.Method == SipMethod.Bye:
                signal.Leg!.Respond(signal.Server!, 200);
                if (signal.Leg == call.Callee)
                    signal.Leg.HungUp();
                return new CallEnding(Verdicts.For(EndReason.Cancelled, signal.Leg.Side, answered: false), ReasonHeaders.From(signal.Message, signal.Leg.Trunk));
            case CallSignalKind.Request:
                new EarlySession(call).Receive(signal);
                return null;
            case CallSignalKind.LegLost:
                return CallEnding.For(signal.Reason, signal.Leg!.Side, answered: false);
            case CallSignalKind.RefreshDue:
                signal.Leg!.Session.WaitForExpiry(); // longer than this may last
                return null;
            case CallSignalKind.TimeUp:
                return CallEnding.For(EndReason.SetupTimeout, OtherSide, answered: false);
            case CallSignalKind.HangUp:
                return CallEnding.For(signal.Reason, CallSide.Exchange, answered: false);
            default:
                return null;
        }
    }

    private CallSide OtherSide => present.Side == CallSide.Caller ? CallSide.Callee : CallSide.Caller;

    // The phone that was to come does not: what it said is passed on as the answer of a phone always is.
    private CallEnding Refused(int status)
    {
        if (status == 487)
            return CallEnding.For(EndReason.Cancelled, OtherSide, answered: false);

        var heard = ForkResponses.TowardCaller(status);
        var reason = Verdicts.ReasonOf(heard);
        return new CallEnding(new Verdict(Verdicts.Row(reason).Result, reason, heard, OtherSide, Cause.FromStatus(heard), "The phone that was to be moved refused"));
    }
}
