using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Stories;

/// <summary>What ends a call that is not answered while nobody is rung: its caller, or somebody outside.</summary>
internal static class UnansweredCaller
{
    /// <summary>How a signal ends the call; null when it does not. Requests are answered.</summary>
    public static CallEnding? EndOf(LiveCall call, in CallSignal signal)
    {
        switch (signal.Kind)
        {
            case CallSignalKind.Cancelled:
                return new CallEnding(Verdicts.For(EndReason.Cancelled, CallSide.Caller, answered: false), ReasonHeaders.From(signal.Message, call.Caller?.Trunk));
            case CallSignalKind.Request when signal.Leg == call.Caller && signal.Message!.Method == SipMethod.Bye:
                call.Caller.Respond(signal.Server!, 200);
                return new CallEnding(Verdicts.For(EndReason.Cancelled, CallSide.Caller, answered: false), ReasonHeaders.From(signal.Message, call.Caller?.Trunk));
            case CallSignalKind.Request:
                new EarlySession(call).Receive(signal);
                return null;
            case CallSignalKind.LegLost when signal.Leg == call.Caller:
                return CallEnding.For(signal.Reason, CallSide.Caller, answered: false);
            case CallSignalKind.HangUp:
                return CallEnding.For(signal.Reason, CallSide.Exchange, answered: false);
            default:
                return null;
        }
    }
}
