using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;

namespace Tandem.Media.Transport;

/// <summary>RTP or RTCP of one transport: its socket, and who is at the other end. Owned by the media loop.</summary>
internal sealed class TransportComponent(MediaTransport transport, MediaOptions options, bool isRtcp)
{
    private SourceLatch _latch;
    private Published? _published;

    public MediaTransport Transport => transport;

    public bool IsRtcp => isRtcp;

    /// <summary>The socket that is served; null while none is.</summary>
    public MediaSocket? Socket { get; set; }

    /// <summary>Where packets go; unspecified when that is not known yet.</summary>
    public NetAddress Target => _latch.Target;

    /// <summary>Where packets come from, or go until that is learned. Any thread may read it.</summary>
    public NetAddress Address => Volatile.Read(ref _published)?.Address ?? default;

    public void Negotiated(TransportPlan plan, Moment now)
    {
        _latch.Negotiated(isRtcp ? plan.Rtcp : plan.Rtp, plan.Peer, options, now);
        Publish();
    }

    /// <summary>True when packets from <paramref name="source"/> are taken without a question.</summary>
    public bool IsSource(in NetAddress source) => _latch.IsSource(source);

    /// <summary>Judges the source of a well-formed packet that nothing authenticates.</summary>
    public bool Accept(in NetAddress source, Moment now)
    {
        var isKnown = _latch.IsSource(source);
        if (!_latch.Accept(source, Companion, options, now))
            return false;
        if (!isKnown)
            Publish();
        return true;
    }

    private NetAddress Companion => isRtcp && transport.Rtp._latch.IsLearned ? transport.Rtp._latch.Target : default;

    // 24 bytes are not written at once, so readers get them behind a reference. It changes when the target does, not per packet.
    private void Publish()
    {
        var target = Target;
        if (_published?.Address != target)
            Volatile.Write(ref _published, new Published(target));
    }

    private sealed record Published(NetAddress Address);
}
