using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;

namespace Tandem.Media.Relay;

/// <summary>
/// The packet path of one media line: a packet, its source and the time in; where it goes out. Sans-IO; it allocates nothing and
/// takes no lock per packet. Owned by the media loop.
/// </summary>
public sealed class RelayStream(MediaOptions options)
{
    private readonly RelayLeg _a = new(options);
    private readonly RelayLeg _b = new(options);

    /// <summary>The plan in force; null when the line is switched off.</summary>
    public LinePlan? Plan { get; private set; }

    public RelayLeg this[MediaSide side] => side == MediaSide.A ? _a : _b;

    /// <summary>Puts a plan in force, between two packets.</summary>
    public void Apply(LinePlan? plan, TransportPlan? a, TransportPlan? b, Moment now)
    {
        Plan = plan;
        _a.Negotiated(plan is null ? null : a, now);
        _b.Negotiated(plan is null ? null : b, now);
    }

    /// <summary>Takes a packet that arrived on our port for <paramref name="from"/>.</summary>
    /// <param name="from">Whose port it is.</param>
    /// <param name="onRtcpPort">True for the RTCP port.</param>
    /// <param name="packet">The packet; it goes out as it is.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">When it came.</param>
    /// <param name="target">Where it goes, when the verdict is Rtp or Rtcp.</param>
    public RelayVerdict Receive(
        MediaSide from, bool onRtcpPort, ReadOnlySpan<byte> packet, in NetAddress source, Moment now, out RelayTarget target)
    {
        target = default;
        var leg = this[from];
        if (Plan?[from] is not { } line || leg.Transport is not { } transport)
            return RelayVerdict.NotWanted;

        return onRtcpPort || (transport.Mux && RtcpPacket.IsRtcp(packet))
            ? ReceiveRtcp(leg, transport, PlanCompiler.Other(from), packet, source, now, out target)
            : ReceiveRtp(leg, transport, line, PlanCompiler.Other(from), packet, source, now, out target);
    }

    private RelayVerdict ReceiveRtp(
        RelayLeg leg, TransportPlan transport, LineSide line, MediaSide other, ReadOnlySpan<byte> packet, in NetAddress source, Moment now, out RelayTarget target)
    {
        target = default;
        if (!RtpHeader.TryParse(packet, transport.Security is not null, out var header))
            return RelayVerdict.Invalid;

        // A payload type that nobody named may pass (RFC 3550 §5.1 leaves it to the receiver), but it teaches no address.
        if (!line.Payloads.Contains(header.PayloadType) && !leg.IsRtpSource(source))
            return RelayVerdict.Invalid;
        if (!leg.AcceptRtp(source, now))
            return RelayVerdict.Stranger;

        leg.Statistics.Count(header, packet.Length, line.Payloads.ClockRate(header.PayloadType), now);
        if (!line.Sends)
            return RelayVerdict.NotWanted;

        target = new RelayTarget(other, false, this[other].RtpTarget);
        return target.Address.IsUnspecified ? RelayVerdict.NoTarget : RelayVerdict.Rtp;
    }

    private RelayVerdict ReceiveRtcp(
        RelayLeg leg, TransportPlan transport, MediaSide other, ReadOnlySpan<byte> packet, in NetAddress source, Moment now, out RelayTarget target)
    {
        target = default;
        if (!RtcpPacket.IsValid(packet, transport.Security is not null))
            return RelayVerdict.Invalid;
        if (transport.Mux ? !leg.AcceptRtp(source, now) : !leg.AcceptRtcp(source, now))
            return RelayVerdict.Stranger;

        leg.Statistics.CountRtcp(now);
        if (Plan?[other]?.WantsRtcp != true || this[other].Transport is not { } onward)
            return RelayVerdict.NotWanted;

        target = new RelayTarget(other, !onward.Mux, onward.Mux ? this[other].RtpTarget : this[other].RtcpTarget);
        return target.Address.IsUnspecified ? RelayVerdict.NoTarget : RelayVerdict.Rtcp;
    }
}
