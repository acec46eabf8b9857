using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// From the answer to the end: what one phone asks for is passed to the other, each in a side story of its own, until
/// somebody hangs up or something is lost.
/// </summary>
internal sealed class ConversationStory(LiveCall call)
{
    public async ValueTask<CallEnding> RunAsync()
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

    // Null when the conversation goes on.
    private CallEnding? Handle(CallSignal signal)
    {
        switch (signal.Kind)
        {
            case CallSignalKind.Request when signal.Message!.Method == SipMethod.Bye:
                return HungUp(signal);
            case CallSignalKind.Request:
                Pass(signal);
                return null;
            case CallSignalKind.Cancelled:
                call.Negotiation?.Cancel(signal.Server);
                return null;
            case CallSignalKind.RefreshDue:
                call.Start(() => new RefreshStory(call, signal.Leg!).RunAsync());
                return null;
            case CallSignalKind.LegLost:
                return CallEnding.For(signal.Reason, signal.Leg!.Side, answered: true);
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

    private static CallEnding HungUp(in CallSignal signal)
    {
        var leg = signal.Leg!;
        leg.Respond(signal.Server!, 200);
        leg.HungUp();
        return new CallEnding(Verdicts.For(EndReason.Completed, leg.Side, answered: true), ReasonHeaders.From(signal.Message));
    }

    private void Pass(CallSignal signal)
    {
        var leg = signal.Leg!;
        var request = signal.Message!;
        var server = signal.Server!;

        // A side story keeps its request, to the garbage collector if need be: it may wait for long, and not always to its end.
        request.Retain();
        switch (request.Method)
        {
            case SipMethod.Invite:
                call.Start(() => new ReinviteStory(call, leg).RunAsync(request, server));
                break;
            case SipMethod.Update:
                call.Start(() => new UpdateStory(call, leg).RunAsync(request, server));
                break;
            case SipMethod.Info:
                call.Start(() => new InfoStory(call, leg).RunAsync(request, server));
                break;
            default:
                leg.Respond(server, 405, w => w.Header(HeaderName.Allow, leg.Engine.Allow));
                break;
        }
    }
}
