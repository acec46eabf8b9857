using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Transport;

/// <summary>
/// One pair of ports toward one side: what arrives is told apart (RFC 7983), judged by its source, decrypted and handed to the leg that
/// it belongs to; what goes out is encrypted and sent. It allocates nothing and takes no lock per packet. Owned by the media loop.
/// </summary>
internal sealed partial class MediaTransport
{
    private readonly MediaOptions _options;
    private readonly Action<MediaEvent> _events;
    private readonly long[] _verdicts = new long[PacketVerdicts.Count];
    private LineLeg[] _legs = [];
    private LineLeg? _only;
    private LineDemux? _demux;
    private byte[]? _split;
    private bool _isProtected;
    private bool _sharesPort;

    public MediaTransport(MediaOptions options, MediaSide side, ISocketLoop loop, IHandshakeDesk handshakes, Action<MediaEvent> events)
    {
        _options = options;
        _events = events;
        Loop = loop;
        Handshakes = handshakes;
        Side = side;
        Rtp = new TransportComponent(this, options, false);
        Rtcp = new TransportComponent(this, options, true);
    }

    public MediaSide Side { get; }

    /// <summary>The loop that serves it.</summary>
    public ISocketLoop Loop { get; private set; }

    /// <summary>Who computes its handshakes.</summary>
    public IHandshakeDesk Handshakes { get; }

    public TransportComponent Rtp { get; }

    public TransportComponent Rtcp { get; }

    /// <summary>The plan in force; null while the transport is off.</summary>
    public TransportPlan? Plan { get; private set; }

    /// <summary>True when what it carries is not RTP.</summary>
    public bool IsOpaque => Plan is { IsOpaque: true };

    /// <summary>Packets that arrived here and ended with <paramref name="verdict"/>. Any thread may ask.</summary>
    public long Of(PacketVerdict verdict) => Volatile.Read(ref _verdicts[(int)verdict]);

    /// <summary>Packets that arrived here and were dropped. Any thread may ask.</summary>
    public long Dropped
    {
        get
        {
            var dropped = 0L;
            for (var i = (int)PacketVerdict.Invalid; i < _verdicts.Length; i++)
                dropped += Volatile.Read(ref _verdicts[i]);
            return dropped;
        }
    }

    /// <summary>The leg of a transport that carries one line; null for a bundle of several.</summary>
    public LineLeg? Only => _only;

    /// <summary>Reads what the next packet needs of the transport itself (see <see cref="RoundTouch"/>).</summary>
    public long Touch() => _verdicts[(int)PacketVerdict.Rtp] ^ (_isProtected ? 1 : 0) ^ (Plan is { IsOpaque: true } ? 1 : 0);

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
        _isProtected = plan?.Security is not null;
        _sharesPort = plan is { Mux: true };
        Secure(plan?.Security, now);
        Rtp.Negotiated(plan, Loop, now);
        Rtcp.Negotiated(_sharesPort ? null : plan, Loop, now);
    }

    /// <summary>Begins to serve <paramref name="socket"/> as that of <paramref name="component"/>; null changes nothing.</summary>
    public void Serve(TransportComponent component, MediaSocket? socket)
    {
        if (socket is null || ReferenceEquals(component.Socket, socket))
            return;

        component.Socket = socket;
        socket.Component = component;
        if (!Loop.Attach(socket))
            Loop.Counters.ReceiveErrorsField++;
    }

    /// <summary>Serves the socket of <paramref name="component"/> no more.</summary>
    public void Release(TransportComponent component)
    {
        if (component.Socket is not { } socket)
            return;

        Loop.Detach(socket);
        socket.Component = null;
        component.Socket = null;
    }

    /// <summary>The loop serves its sockets no more; they stay its own.</summary>
    public void Leave()
    {
        Rtp.Leave(Loop);
        Rtcp.Leave(Loop);
        foreach (var leg in _legs)
            leg.Leave(Loop);
        if (Rtp.Socket is { } rtp)
            Loop.Detach(rtp);
        if (Rtcp.Socket is { } rtcp)
            Loop.Detach(rtcp);
    }

    /// <summary>Another loop serves it from now on.</summary>
    public void Enter(ISocketLoop loop)
    {
        Loop = loop;
        if (Rtp.Socket is { } rtp && !loop.Attach(rtp))
            loop.Counters.ReceiveErrorsField++;
        if (Rtcp.Socket is { } rtcp && !loop.Attach(rtcp))
            loop.Counters.ReceiveErrorsField++;
        Rtp.Changed(loop);
        Rtcp.Changed(loop);
        foreach (var leg in _legs)
            leg.Enter(loop);
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
    public PacketVerdict SendRtp(Span<byte> buffer, int length, PacketVerdict success) => Send(Rtp, buffer, length, success);

    /// <summary>Sends RTCP, in place, the way that the plan says.</summary>
    public PacketVerdict SendRtcp(Span<byte> buffer, int length) => Send(_sharesPort ? Rtp : Rtcp, buffer, length, PacketVerdict.Rtcp);

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
                return component.TakeStun(packet, source, Loop, now);
            case PacketKind.Dtls:
                return component.TakeDtls(packet, source, Loop, now);
            default:
                return PacketVerdict.Invalid;
        }
    }

    private PacketVerdict ReceiveRtp(TransportComponent component, Span<byte> buffer, int length, in NetAddress source, Moment now)
    {
        var packet = buffer[..length];
        if (!RtpHeader.TryParse(packet, _isProtected, out var header))
            return PacketVerdict.Invalid;
        if ((_only ?? _demux!.Find(header, packet)) is not { Plan: { } line } leg)
            return PacketVerdict.NoLine;

        // A payload type that nobody named may pass (RFC 3550 §5.1 leaves it to the receiver), but it teaches no address.
        if (!line.Payloads.Contains(header.PayloadType) && !component.IsSource(source))
            return PacketVerdict.Invalid;

        var verdict = _isProtected
            ? Unprotect(component, buffer, ref length, source, PacketVerdict.Rtp, now)
            : component.Accept(source, PacketVerdict.Rtp, now);
        if (verdict != PacketVerdict.Rtp)
            return verdict;

        // The padding was encrypted (RFC 3550 §5.1, the P bit).
        if (_isProtected && (buffer[0] & 0x20) != 0 && !RtpHeader.TryParse(buffer[..length], false, out header))
            return PacketVerdict.Invalid;

        if (_only is null)
            _demux!.Learn(header.Ssrc, leg);
        leg.Statistics.Count(header, length, line.Payloads.ClockRate(header.PayloadType), now);
        return leg.Take(header, buffer, length, now);
    }

    private PacketVerdict ReceiveRtcp(TransportComponent component, Span<byte> buffer, int length, in NetAddress source, Moment now)
    {
        if (!RtcpPacket.IsValid(buffer[..length], _isProtected))
            return PacketVerdict.Invalid;

        var verdict = _isProtected
            ? Unprotect(component, buffer, ref length, source, PacketVerdict.Rtcp, now)
            : component.Accept(source, PacketVerdict.Rtcp, now);
        if (verdict != PacketVerdict.Rtcp)
            return verdict;
        if (_isProtected && !RtcpPacket.IsValid(buffer[..length], false))
            return PacketVerdict.Invalid;

        foreach (var leg in _legs)
            leg.Statistics.CountRtcp(now);
        return _only is not null ? _only.TakeRtcp(buffer, length) : TakeBundledRtcp(buffer, length);
    }

    // A datagram of UDPTL says nothing about itself: its source is all there is to judge.
    private PacketVerdict ReceiveOpaque(TransportComponent component, Span<byte> buffer, int length, in NetAddress source, Moment now)
    {
        if (length == 0)
            return PacketVerdict.Invalid;
        if (component.Accept(source, PacketVerdict.Opaque, now) is var verdict and not PacketVerdict.Opaque)
            return verdict;

        _legs[0].Statistics.CountDatagram(length, now);
        return _legs[0].TakeOpaque(buffer, length);
    }

    private PacketVerdict TakeBundledRtcp(Span<byte> buffer, int length)
    {
        // Nearly always every line goes the same way, and the compound with it.
        if (GoTheSameWay())
        {
            for (var i = 1; i < _legs.Length && _legs[i].RtcpWay is not null; i++)
                RtcpRenumbering.Apply(buffer[..length], _legs[i]);
            return _legs[0].TakeRtcp(buffer, length);
        }

        _split ??= new byte[_options.MaxPacketBytes + SrtpContext.MaxExpansion];
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

    private PacketVerdict Send(TransportComponent component, Span<byte> buffer, int length, PacketVerdict success)
    {
        var target = component.Target;
        if (target.IsUnspecified)
            return PacketVerdict.NoTarget;
        if (_isProtected && Protect(component, buffer, ref length, success) is var verdict && verdict != success)
            return verdict;

        if (component.Socket is { } socket && socket.IsV6 == target.IsV6)
            Loop.Send(socket, buffer[..length], target);
        else
            Loop.Counters.SendErrorsField++;
        return success;
    }
}
