using Tandem.Media;

namespace Tandem.Server.Rest;

/// <summary>Packets of media since the start, by what became of them, and how the loops keep time.</summary>
/// <param name="Sessions">Open sessions of each media loop.</param>
/// <param name="Rtp">RTP that went on to the other side.</param>
/// <param name="Rtcp">RTCP that went on.</param>
/// <param name="Opaque">Datagrams of other protocols that went on.</param>
/// <param name="Heard">RTP whose sound was decoded here.</param>
/// <param name="Reports">RTCP that was meant for us.</param>
/// <param name="Stun">STUN that ICE took.</param>
/// <param name="Dtls">DTLS that was taken.</param>
/// <param name="Dropped">What was dropped, by reason.</param>
/// <param name="SendErrors">Lost: the system did not take them.</param>
/// <param name="ReceiveErrors">Errors while receiving.</param>
/// <param name="Failures">Faults of our own; 0 in a sound build.</param>
/// <param name="Ticks">The clock of decoded sound.</param>
/// <param name="Handshakes">DTLS handshakes and the threads that compute them.</param>
public sealed record MediaNumbers(
    IReadOnlyList<int> Sessions, long Rtp, long Rtcp, long Opaque, long Heard, long Reports, long Stun, long Dtls, DroppedNumbers Dropped,
    long SendErrors, long ReceiveErrors, long Failures, TickNumbers Ticks, HandshakeNumbers Handshakes)
{
    /// <summary>Before there is an engine.</summary>
    public static readonly MediaNumbers None = new([], 0, 0, 0, 0, 0, 0, 0, DroppedNumbers.Of(default), 0, 0, 0, new TickNumbers(0, 0, 0, 0, 0, 0), new HandshakeNumbers(0, 0, 0));

    internal static MediaNumbers Of(MediaEngine engine)
    {
        var totals = engine.Totals();
        return new MediaNumbers(
            engine.Loads, totals.RtpRelayed, totals.RtcpRelayed, totals.OpaqueRelayed, totals.Heard, totals.Reports, totals.Stun, totals.Dtls,
            DroppedNumbers.Of(totals), totals.SendErrors, totals.ReceiveErrors, totals.Failures, TickNumbers.Of(engine),
            new HandshakeNumbers(totals.HandshakeTurns, engine.HandshakesWaiting, totals.HandshakesDropped));
    }
}

/// <summary>Packets of media that were dropped since the start, by reason.</summary>
/// <param name="Invalid">Not RTP, RTCP or anything else that a port carries, or malformed.</param>
/// <param name="Stranger">Not from the side's own source.</param>
/// <param name="NotWanted">Held, or no plan in force.</param>
/// <param name="NoTarget">Nowhere to send yet.</param>
/// <param name="NoKey">Secured, and there are no keys yet.</param>
/// <param name="BadTag">SRTP with a wrong authentication tag.</param>
/// <param name="Replay">SRTP that came before.</param>
/// <param name="NotAllowed">From an address that ICE has not checked.</param>
/// <param name="NoLine">Bundled, and of no line.</param>
/// <param name="Stun">STUN without integrity, with a wrong one, or where there is no ICE.</param>
/// <param name="Dtls">DTLS from elsewhere, or where there is none.</param>
/// <param name="Mismatch">The other side speaks another protocol on that line.</param>
/// <param name="Oversize">Longer than the limit.</param>
public sealed record DroppedNumbers(
    long Invalid, long Stranger, long NotWanted, long NoTarget, long NoKey, long BadTag, long Replay, long NotAllowed, long NoLine,
    long Stun, long Dtls, long Mismatch, long Oversize)
{
    internal static DroppedNumbers Of(in MediaTotals totals) => new(
        totals.Invalid, totals.Strangers, totals.NotWanted, totals.NoTarget, totals.NoKey, totals.BadTag, totals.Replay, totals.NotAllowed,
        totals.NoLine, totals.StunRefused, totals.DtlsRefused, totals.Mismatch, totals.Oversize);
}

/// <summary>What the threads that compute DTLS handshakes have done since the start.</summary>
/// <param name="Turns">Turns that were computed; a handshake takes about four.</param>
/// <param name="Waiting">Associations that wait for a thread now.</param>
/// <param name="Dropped">Datagrams that were dropped because too much waited.</param>
public sealed record HandshakeNumbers(long Turns, int Waiting, long Dropped);

/// <summary>The 20 ms clock of decoded sound, the worst loop of each: lateness in milliseconds, ticks since the start.</summary>
/// <param name="Count">Ticks of all loops.</param>
/// <param name="Skipped">Ticks that were given up.</param>
/// <param name="P50">Half of the ticks were at most so late.</param>
/// <param name="P99">99 %.</param>
/// <param name="P999">99.9 %.</param>
/// <param name="Longest">The latest.</param>
public sealed record TickNumbers(long Count, long Skipped, double P50, double P99, double P999, double Longest)
{
    internal static TickNumbers Of(MediaEngine engine)
    {
        var ticks = engine.Ticks;
        return new TickNumbers(
            ticks.Sum(tick => tick.Ticks),
            ticks.Sum(tick => tick.Skipped),
            ticks.Max(tick => tick.Lateness.At(0.5).TotalMilliseconds),
            ticks.Max(tick => tick.Lateness.At(0.99).TotalMilliseconds),
            ticks.Max(tick => tick.Lateness.At(0.999).TotalMilliseconds),
            ticks.Max(tick => tick.Lateness.Longest.TotalMilliseconds));
    }
}
