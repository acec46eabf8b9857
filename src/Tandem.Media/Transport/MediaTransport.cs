using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;

namespace Tandem.Media.Transport;

/// <summary>
/// One pair of ports toward one side: what arrives is told apart (RFC 7983), judged by its source, decrypted and handed to the leg that
/// it belongs to; what goes out is encrypted and sent. It allocates nothing and takes no lock per packet. Owned by the media loop.
/// </summary>
internal sealed class MediaTransport
{
    private readonly MediaOptions _options;
    private readonly long[] _verdicts = new long[PacketVerdicts.Count];
    private ISocketLoop _loop;
    private LineLeg[] _legs = [];
    private LineLeg? _only;
    private LineDemux? _demux;
    private byte[]? _split;
    private bool _isUnreadable;
    private bool _sharesPort;

    public MediaTransport(MediaOptions options, MediaSide side, ISocketLoop loop)
    {
        _options = options;
        _loop = loop;
        Side = side;
        Rtp = new TransportComponent(this, options, false);
        Rtcp = new TransportComponent(this, options, true);
    }

    public MediaSide Side { get; }

    public TransportComponent Rtp { get; }

    public TransportComponent Rtcp { get; }

    /// <summary>The plan in force; null while the transport is off.</summary>
    public TransportPlan? Plan { get; private set; }

    /// <summary>True when what it carries is not RTP.</summary>
    public bool IsOpaque => Plan is { IsOpaque: true };

    /// <summary>Packets that arrived here and ended with <paramref name="verdict"/>. Any thread may ask.</summary>
    public long Of(PacketVerdict verdict) => Volatile.Read(ref _verdicts[(int)verdict]);

    /// <summary>Puts a plan in force, between two packets.</summary>
    /// <param name="plan">The plan; null switches the transport off.</param>
    /// <param name="legs">The legs that it carries.</param>
    /// <param name="now">The time.</param>
    public void Apply(TransportPlan? plan, LineLeg[] legs, Moment now)
    {
        Plan = plan;
        _legs = legs;
        _only = legs.Length == 1 ? legs[0] : null;
        if (legs.Length > 1)
            (_demux ??= new LineDemux()).Apply(legs);
        if (plan is null)
            return;

        _isUnreadable = plan.Security is not null;
        _sharesPort = plan.Mux;
        Rtp.Negotiated(plan, now);
        Rtcp.Negotiated(plan, now);
    }

    /// <summary>Begins to serve <paramref name="socket"/> as that of <paramref name="component"/>; null changes nothing.</summary>
    public void Serve(TransportComponent component, MediaSocket? socket)
    {
        if (socket is null || ReferenceEquals(component.Socket, socket))
            return;

        component.Socket = socket;
        socket.Component = component;
        if (!_loop.Attach(socket))
            _loop.Counters.ReceiveErrorsField++;
    }

    /// <summary>Serves the socket of <paramref name="component"/> no more.</summary>
    public void Release(TransportComponent component)
    {
        if (component.Socket is not { } socket)
            return;

        _loop.Detach(socket);
        socket.Component = null;
        component.Socket = null;
    }

    /// <summary>The loop serves its sockets no more; they stay its own.</summary>
    public void Leave()
    {
        if (Rtp.Socket is { } rtp)
            _loop.Detach(rtp);
        if (Rtcp.Socket is { } rtcp)
            _loop.Detach(rtcp);
    }

    /// <summary>Another loop serves it from now on.</summary>
    public void Enter(ISocketLoop loop)
    {
        _loop = loop;
        if (Rtp.Socket is { } rtp && !loop.Attach(rtp))
            loop.Counters.ReceiveErrorsField++;
        if (Rtcp.Socket is { } rtcp && !loop.Attach(rtcp))
            loop.Counters.ReceiveErrorsField++;
    }

    /// <summary>Takes a datagram that arrived on one of its sockets.</summary>
    /// <param name="component">Whose socket it was.</param>
    /// <param name="buffer">The datagram and the spare bytes behind it; its content is lost.</param>
    /// <param name="length">Bytes of the datagram.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">When it came.</param>
    public PacketVerdict Receive(TransportComponent component, Span<byte> buffer, int length, in NetAddress source, Moment now)
    {
        var verdict = Plan is null || _legs.Length == 0 ? PacketVerdict.NotWanted : Judge(component, buffer, length, source, now);
        _verdicts[(int)verdict]++;
        return verdict;
    }

    /// <summary>Sends RTP, or what goes where RTP goes, in place.</summary>
    /// <param name="buffer">The packet and spare bytes behind it.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <param name="success">What to say when it is sent.</param>
    public PacketVerdict SendRtp(Span<byte> buffer, int length, PacketVerdict success) => Send(Rtp, buffer[..length], success);

    /// <summary>Sends RTCP, in place, the way that the plan says.</summary>
    public PacketVerdict SendRtcp(Span<byte> buffer, int length) => Send(_sharesPort ? Rtp : Rtcp, buffer[..length], PacketVerdict.Rtcp);

    private PacketVerdict Judge(TransportComponent component, Span<byte> buffer, int length, in NetAddress source, Moment now)
    {
        if (IsOpaque)
            return ReceiveOpaque(component, buffer, length, source, now);

        var packet = buffer[..length];
        switch (PacketKinds.Of(packet))
        {
            case PacketKind.Rtp:
                return component.IsRtcp || (_sharesPort && RtcpPacket.IsRtcp(packet))
                    ? ReceiveRtcp(component, buffer, length, source, now)
                    : ReceiveRtp(component, buffer, length, source, now);
            case PacketKind.Stun:
                return PacketVerdict.StunRefused;
            case PacketKind.Dtls:
                return PacketVerdict.DtlsRefused;
            default:
                return PacketVerdict.Invalid;
        }
    }

    private PacketVerdict ReceiveRtp(TransportComponent component, Span<byte> buffer, int length, in NetAddress source, Moment now)
    {
        var packet = buffer[..length];
        if (!RtpHeader.TryParse(packet, _isUnreadable, out var header))
            return PacketVerdict.Invalid;
        if ((_only ?? _demux!.Find(header, packet)) is not { Plan: { } line } leg)
            return PacketVerdict.NoLine;

        // A payload type that nobody named may pass (RFC 3550 §5.1 leaves it to the receiver), but it teaches no address.
        if (!line.Payloads.Contains(header.PayloadType) && !component.IsSource(source))
            return PacketVerdict.Invalid;
        if (!component.Accept(source, now))
            return PacketVerdict.Stranger;

        if (_only is null)
            _demux!.Learn(header.Ssrc, leg);
        leg.Statistics.Count(header, length, line.Payloads.ClockRate(header.PayloadType), now);
        return leg.Take(header, buffer, length, now);
    }

    private PacketVerdict ReceiveRtcp(TransportComponent component, Span<byte> buffer, int length, in NetAddress source, Moment now)
    {
        if (!RtcpPacket.IsValid(buffer[..length], _isUnreadable))
            return PacketVerdict.Invalid;
        if (!component.Accept(source, now))
            return PacketVerdict.Stranger;

        foreach (var leg in _legs)
            leg.Statistics.CountRtcp(now);
        return _only is not null ? _only.TakeRtcp(buffer, length) : TakeBundledRtcp(buffer, length);
    }

    // A datagram of UDPTL says nothing about itself: its source is all there is to judge.
    private PacketVerdict ReceiveOpaque(TransportComponent component, Span<byte> buffer, int length, in NetAddress source, Moment now)
    {
        if (length == 0)
            return PacketVerdict.Invalid;
        if (!component.Accept(source, now))
            return PacketVerdict.Stranger;

        _legs[0].Statistics.CountDatagram(length, now);
        return _legs[0].TakeOpaque(buffer, length);
    }

    private PacketVerdict TakeBundledRtcp(Span<byte> buffer, int length)
    {
        // Nearly always every line goes the same way, and the compound with it.
        if (GoTheSameWay())
            return _legs[0].TakeRtcp(buffer, length);

        _split ??= new byte[_options.MaxPacketBytes + Audio.IRtpOutput.Spare];
        var verdict = PacketVerdict.Report;
        foreach (var leg in _legs)
        {
            var part = RtcpSplitter.Copy(buffer[..length], leg, _demux!, _split.AsSpan(0, _options.MaxPacketBytes));
            if (part > 0 && leg.TakeRtcp(_split, part) is var own && (verdict == PacketVerdict.Report || own == PacketVerdict.Rtcp))
                verdict = own;
        }

        return verdict;
    }

    private bool GoTheSameWay()
    {
        var first = _legs[0].RtcpWay;
        foreach (var leg in _legs)
        {
            if (!ReferenceEquals(leg.RtcpWay, first))
                return false;
        }

        return true;
    }

    private PacketVerdict Send(TransportComponent component, ReadOnlySpan<byte> packet, PacketVerdict success)
    {
        var target = component.Target;
        if (target.IsUnspecified)
            return PacketVerdict.NoTarget;

        if (component.Socket is { } socket && socket.IsV6 == target.IsV6)
            _loop.Send(socket, packet, target);
        else
            _loop.Counters.SendErrorsField++;
        return success;
    }
}
