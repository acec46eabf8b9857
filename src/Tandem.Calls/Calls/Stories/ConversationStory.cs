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
        Reoffer();
        return await TalkAsync(await call.NextAsync());
    }

    /// <summary>The same, with the first thing that happened in hand.</summary>
    public async ValueTask<CallEnding> RunAsync(CallSignal signal)
    {
        Reoffer();
        return await TalkAsync(signal);
    }

    private void Reoffer()
    {
        if (call.Options.AvoidTranscoding && call.IsWhole)
            call.Start(() => new ReofferStory(call).RunAsync());
    }

    private async ValueTask<CallEnding> TalkAsync(CallSignal signal)
    {
        while (true)
        {
            var ending = Handle(signal);
            signal.Message?.Release();
            if (ending is { } end)
                return call.IsHandedOver ? HandedOver(end) : end;

            signal = await call.NextAsync();
        }
    }

    // Whatever ends a call whose one leg has gone to another call, it ended because of that.
    private CallEnding HandedOver(in CallEnding end) =>
        new(Verdicts.For(EndReason.Transferred, call.Caller.Call == call ? CallSide.Caller : CallSide.Callee, answered: true), end.Reason);

    // Null when the conversation goes on.
    private CallEnding? Handle(CallSignal signal)
    {
        if (signal.Leg is { } leg && leg.Call != call)
        {
            leg.Call.Post(signal); // it came before the leg went to its new call
            return null;
        }

        switch (signal.Kind)
        {
            case CallSignalKind.Request when signal.Message!.Method == SipMethod.Bye:
                return HungUp(signal);
            case CallSignalKind.Request when !call.IsWhole && (signal.Message!.Method == SipMethod.Invite || signal.Message.ReadSession(out _) != SessionBody.None):
                signal.Leg!.Respond(signal.Server!, 491);
                return null;
            case CallSignalKind.Request:
                Pass(signal);
                return null;
            case CallSignalKind.Cancelled:
                call.Negotiation?.Cancel(signal.Server);
                return null;
            case CallSignalKind.RefreshDue when call.IsHandedOver:
                signal.Leg!.Session.WaitForExpiry();
                return null;
            case CallSignalKind.RefreshDue:
                call.Start(() => new RefreshStory(call, signal.Leg!).RunAsync());
                return null;
            case CallSignalKind.LegLost:
                return Lost(signal);
            case CallSignalKind.HandedOver:
                return CallEnding.For(EndReason.Transferred, CallSide.Exchange, answered: true);
            case CallSignalKind.TimeUp:
                return CallEnding.For(EndReason.MaximumDuration, CallSide.Exchange, answered: true);
            case CallSignalKind.MediaSilent when !call.IsWhole:
                return null; // the phone that is gone sends nothing
            case CallSignalKind.MediaSilent:
                return CallEnding.For(EndReason.MediaTimeout, signal.Side, answered: true);
            case CallSignalKind.Key:
                Press(signal.Side, (char)signal.Status);
                call.Control?.OnKey(signal.Side, (char)signal.Status);
                return null;
            case CallSignalKind.PickedUp:
                call.Control?.Pickup?.Fail();
                return null;
            case CallSignalKind.SoundEnded:
                call.Transfer?.SoundEnded(signal.Status);
                call.Recording.SoundEnded(signal.Status);
                call.Control?.Sounds.Over(signal.Status);
                return null;
            case CallSignalKind.HangUp:
                return CallEnding.For(signal.Reason, CallSide.Exchange, answered: true);
            default:
                return null;
        }
    }

    // Codes are for the tenant's own phones: who is outside steers nothing here.
    private void Press(CallSide side, char key)
    {
        var leg = side == CallSide.Caller ? call.Caller : call.Callee;
        if (leg is { Trunk: null } && !call.Model.IsHidden)
            call.Recording.Press(side, key);
    }

    private CallEnding? HungUp(in CallSignal signal)
    {
        var leg = signal.Leg!;
        leg.Respond(signal.Server!, 200);
        leg.HungUp();
        return Part(leg, new CallEnding(Verdicts.For(EndReason.Completed, leg.Side, answered: true), ReasonHeaders.From(signal.Message, leg.Trunk)));
    }

    private CallEnding? Lost(in CallSignal signal)
    {
        var leg = signal.Leg!;
        var ending = CallEnding.For(signal.Reason, leg.Side, answered: true);
        if (Part(leg, ending) is { } end)
            return end;

        leg.Release(ending);
        return null;
    }

    // Who has asked for a transfer may go before it is decided: the other stays for its outcome.
    private CallEnding? Part(Leg leg, in CallEnding ending)
    {
        if (call.Transfer is not { IsDone: false } transfer || transfer.Transferor != leg)
            return ending;

        transfer.Part(ending);
        return null;
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
            case SipMethod.Update or SipMethod.Prack: // a PRACK with an offer that came just before the answer
                call.Start(() => new UpdateStory(call, leg).RunAsync(request, server));
                break;
            case SipMethod.Info or SipMethod.Message:
                call.Start(() => new InfoStory(call, leg).RunAsync(request, server));
                break;
            default:
                leg.Respond(server, 405, w => w.Header(HeaderName.Allow, leg.Engine.Allow));
                break;
        }
    }
}
