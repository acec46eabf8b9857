using Tandem.Calls.Calls.Legs;
using Tandem.Media.Dtmf;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls;

/// <summary>
/// Keys that a phone pressed. All of them go through the media session, INFO too, which tells each press once. Where the other phone takes
/// telephone-event (RFC 4733) the media brings it the key, and this only tells the world; else the phone gets it as it can. On the call's shard.
/// </summary>
internal static class DigitRelay
{
    /// <summary>The media tells a key of <paramref name="side"/>. Tones reach a phone without events with the sound: sent once more they would be two keys.</summary>
    public static void Heard(LiveCall call, CallSide side, char digit, int milliseconds, DtmfKind kind)
    {
        if (call.IsOver)
            return;

        Tell(call, side, digit, milliseconds);
        call.PostProvisional(new CallSignal(CallSignalKind.Key, Status: digit, Side: side));
        if (kind == DtmfKind.InBand || !call.IsAnswered || !call.IsWhole || call.Model.Media is not { } media)
            return;

        var to = call.Other(side == CallSide.Caller ? call.Caller : call.Callee!);
        if (!media.Sound.TakesEvents(to.Side))
            to.Keys.Send(digit, milliseconds);
    }

    /// <summary>
    /// An INFO of a phone with a key in it. True when the media has it now, so that the INFO has only to be answered; false when it is no key,
    /// or the flash, for which there are no tones: then the INFO passes as it is.
    /// </summary>
    public static bool TryTake(LiveCall call, Leg from, SipMessage info)
    {
        if (!info.TryGetHeader(HeaderName.ContentType, out var type) || !DtmfInfo.TryParse(type, info.Body, out var digit, out var milliseconds))
            return false;

        if (digit == DtmfDigits.Flash || call.Model.Media is not { } media)
        {
            Tell(call, from.Side, digit, milliseconds);
            return false;
        }

        from.Keys.LearnType(type);
        media.Sound.Press(from.Side, digit, milliseconds);
        return true;
    }

    private static void Tell(LiveCall call, CallSide side, char digit, int milliseconds) =>
        call.Model.Digit(side, digit, milliseconds, IsSecret(call, side), call.Options.TellDigits, call.Now);

    // Two who talk have their own affairs; who serves a person says what may be known of what they type.
    private static bool IsSecret(LiveCall call, CallSide side)
    {
        if (call.Control is { } control && (control.Wait is not null || control.IsCollecting(side)))
            return control.IsCollectingSecret(side);

        return !(call.IsAnswered && call.IsWhole) && call.Person?.TakeOpenKey() != true;
    }
}
