using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Rtp;

namespace Tandem.Media.Relay;

/// <summary>One side of one relayed media line: its latches and what came from it. Owned by the media loop.</summary>
public sealed class RelayLeg(MediaOptions options)
{
    private SourceLatch _rtp;
    private SourceLatch _rtcp;
    private Published? _published;

    /// <summary>What came from this side; any thread may read it.</summary>
    public RtpStatistics Statistics { get; } = new();

    /// <summary>Where this side's RTP comes from, or goes until it is learned; any thread may read it.</summary>
    public NetAddress Address => Volatile.Read(ref _published)?.Address ?? default;

    internal NetAddress RtpTarget => _rtp.Target;

    internal NetAddress RtcpTarget => _rtcp.Target;

    /// <summary>How this side is reached; null while it is not.</summary>
    internal TransportPlan? Transport { get; private set; }

    internal void Negotiated(TransportPlan? plan, Moment now)
    {
        Transport = plan;
        if (plan is null)
            return;

        _rtp.Negotiated(plan.Rtp, plan.Peer, options, now);
        _rtcp.Negotiated(plan.Rtcp, plan.Peer, options, now);
        Publish();
    }

    internal bool IsRtpSource(in NetAddress source) => _rtp.IsSource(source);

    internal bool AcceptRtp(in NetAddress source, Moment now)
    {
        var known = _rtp.IsSource(source);
        if (!_rtp.Accept(source, default, options, now))
            return false;
        if (!known)
            Publish();
        return true;
    }

    internal bool AcceptRtcp(in NetAddress source, Moment now) => _rtcp.Accept(source, _rtp.IsLearned ? _rtp.Target : default, options, now);

    // 24 bytes are not written at once, so readers get them behind a reference. It changes when the latch moves, not per packet.
    private void Publish()
    {
        var target = _rtp.Target;
        if (_published?.Address != target)
            Volatile.Write(ref _published, new Published(target));
    }

    private sealed record Published(NetAddress Address);
}
