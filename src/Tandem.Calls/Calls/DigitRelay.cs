using System.Text;
using Tandem.Calls.Calls.Legs;
using Tandem.Media.Dtmf;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls;

/// <summary>
/// Keys that a phone pressed. Where both phones take telephone-event (RFC 4733) the media passes them and this only tells the world; else the
/// other phone gets them in the way that it understands: INFO, or tones. Each key once. On the call's shard.
/// </summary>
internal static class DigitRelay
{
    private const string InfoType = "application/dtmf-relay";

    /// <summary>The media heard a key of <paramref name="side"/>. Tones reach a phone without events with the sound: sent once more they would be two keys.</summary>
    public static void Heard(LiveCall call, CallSide side, char digit, int milliseconds, DtmfKind kind)
    {
        if (call.IsOver)
            return;

        call.Model.Digit(side, digit, milliseconds, call.Now);
        if (kind == DtmfKind.InBand || !call.IsAnswered || !call.IsWhole || call.Model.Media is not { } media)
            return;

        var to = call.Other(side == CallSide.Caller ? call.Caller : call.Callee!);
        if (media.Sound.TakesEvents(to.Side))
            return;

        if (to.TakesInfo)
            call.Start(() => SendInfoAsync(to, digit, milliseconds));
        else
            media.Sound.SendDtmf(to.Side, digit.ToString(), milliseconds);
    }

    /// <summary>
    /// An INFO of a phone with a key in it. True when the other phone gets it as an event, so that the INFO has only to be answered; false
    /// when it is no key, or the other phone takes no events: then the INFO passes as it is.
    /// </summary>
    public static bool TryTake(LiveCall call, Leg from, SipMessage info)
    {
        if (!info.TryGetHeader(HeaderName.ContentType, out var type) || !DtmfInfo.TryParse(type, info.Body, out var digit, out var milliseconds))
            return false;

        call.Model.Digit(from.Side, digit, milliseconds, call.Now);
        if (digit == DtmfDigits.Flash || !call.IsWhole || call.Model.Media is not { } media || !media.Sound.TakesEvents(call.Other(from).Side))
            return false;

        media.Sound.SendDtmf(call.Other(from).Side, digit.ToString(), milliseconds);
        return true;
    }

    private static async Task SendInfoAsync(Leg to, char digit, int milliseconds)
    {
        Span<byte> body = stackalloc byte[DtmfInfo.MaxBytes];
        var bytes = body[..DtmfInfo.WriteRelay(digit, milliseconds, body)].ToArray();
        await to.RequestAsync(SipMethod.Info, null, InfoType, bytes);
    }
}
