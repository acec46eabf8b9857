using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Ice;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Srtp;

namespace Tandem.Media.Transport;

/// <summary>
/// RTP or RTCP of one transport: its socket, who is at the other end, and the keys. Who is at the other end is what ICE checked, or else
/// what the latch learned. Owned by the media loop.
/// </summary>
internal sealed class TransportComponent
{
    private readonly MediaOptions _options;
    private readonly CallbackTimer _timer;
    private SourceLatch _latch;
    private IceAgent? _ice;
    private bool _usesIce;
    private DtlsHandshake? _dtls;
    private Published? _published;
    private IReadOnlyList<NetPrefix>? _publicAnd;

    public TransportComponent(MediaTransport transport, MediaOptions options, bool isRtcp)
    {
        Transport = transport;
        IsRtcp = isRtcp;
        _options = options;
        _timer = new CallbackTimer(OnDue);
    }

    public MediaTransport Transport { get; }

    public bool IsRtcp { get; }

    /// <summary>The socket that is served; null while none is.</summary>
    public MediaSocket? Socket { get; set; }

    /// <summary>The keys; null while what it carries is plain, or passes unread.</summary>
    public SrtpSession? Srtp { get; set; }

    /// <summary>True when ICE decides who is at the other end, and not the latch.</summary>
    public bool UsesIce => _usesIce;

    /// <summary>Where packets go; unspecified when that is not known yet.</summary>
    public NetAddress Target => _usesIce ? _ice!.Selected : _latch.Target;

    /// <summary>Where packets come from, or go until that is learned. Any thread may read it.</summary>
    public NetAddress Address => Volatile.Read(ref _published)?.Address ?? default;

    /// <summary>Puts a plan in force. A component that the plan does without is told null.</summary>
    public void Negotiated(TransportPlan? plan, ISocketLoop loop, Moment now)
    {
        if (plan is null)
        {
            Leave(loop);
            _ice = null;
            _usesIce = false;
            EndDtls();
            return;
        }

        _publicAnd = plan.PublicAnd;
        _latch.Negotiated(IsRtcp ? plan.Rtcp : plan.Rtp, plan.Peer, _options, now);
        if (plan.Ice is { } ice)
        {
            _ice ??= new IceAgent(_options.Ice, loop.Ice, loop.Random);
            _ice.Apply(ice, now);
            _usesIce = !_ice.RemoteIsLite;
        }
        else
        {
            _ice = null;
            _usesIce = false;
        }

        if (plan.Security is DtlsPlan dtls && DtlsCertificate.IsAvailable)
        {
            if (_dtls?.Serves(dtls) != true)
            {
                EndDtls();
                _dtls = new DtlsHandshake(dtls, _options, !_usesIce, this, Transport.Handshakes);
            }
        }
        else
        {
            EndDtls();
        }

        Shake(loop, now);
        Changed(loop);
    }

    /// <summary>True when packets from <paramref name="source"/> are the side's own.</summary>
    public bool IsSource(in NetAddress source) => _usesIce ? _ice!.IsAllowed(source) : _latch.IsSource(source);

    /// <summary>Judges the source of a well-formed packet that nothing authenticates.</summary>
    public PacketVerdict Accept(in NetAddress source, PacketVerdict accepted, Moment now)
    {
        if (_usesIce)
            return _ice!.IsAllowed(source) ? accepted : PacketVerdict.NotAllowed;

        var isKnown = _latch.IsSource(source);
        if ((!isKnown && IsBarred(source)) || !_latch.Accept(source, Companion, _options, now))
            return PacketVerdict.Stranger;
        if (!isKnown)
            Publish();
        return accepted;
    }

    /// <summary>Judges the source of a packet before it is decrypted: a stranger's is not worth the work.</summary>
    public PacketVerdict AcceptUnread(in NetAddress source, PacketVerdict accepted, Moment now)
    {
        if (_usesIce)
            return _ice!.IsAllowed(source) ? accepted : PacketVerdict.NotAllowed;
        return !IsBarred(source) && _latch.WouldAcceptAuthentic(source, Companion, _options, now) ? accepted : PacketVerdict.Stranger;
    }

    /// <summary>A packet from <paramref name="source"/> was authentic: the latch goes by it.</summary>
    public void Authenticated(in NetAddress source, Moment now)
    {
        if (_usesIce)
            return;

        var isKnown = _latch.IsSource(source);
        if (_latch.AcceptAuthentic(source, Companion, _options, now) && !isKnown)
            Publish();
    }

    /// <summary>Takes a STUN message, and answers it.</summary>
    public PacketVerdict TakeStun(ReadOnlySpan<byte> packet, in NetAddress source, ISocketLoop loop, Moment now)
    {
        if (_ice is null || IsBarred(source))
            return PacketVerdict.StunRefused;

        Span<byte> answer = stackalloc byte[IceAgent.MaxMessageBytes];
        var verdict = _ice.Receive(packet, source, now, answer, out var length);
        if (length > 0 && Socket is { } socket && socket.IsV6 == source.IsV6)
            loop.Send(socket, answer[..length], source);
        if (verdict == IceVerdict.Selected)
            Shake(loop, now);
        Changed(loop);
        return verdict is IceVerdict.Valid or IceVerdict.Selected ? PacketVerdict.Stun : PacketVerdict.StunRefused;
    }

    /// <summary>
    /// Takes a DTLS datagram. Hands are shaken with an address that ICE checked, or else with one that the latch knows: the SDP's or the
    /// signalling's host, or the learned source.
    /// </summary>
    public PacketVerdict TakeDtls(ReadOnlySpan<byte> packet, in NetAddress source, ISocketLoop loop, Moment now)
    {
        if (_dtls is null || !(_usesIce ? _ice!.IsAllowed(source) : _latch.Knows(source)) || !_dtls.Take(packet, source, now))
            return PacketVerdict.DtlsRefused;

        Shake(loop, now);
        Changed(loop);
        return PacketVerdict.Dtls;
    }

    /// <summary>A turn of a handshake was computed: goes on with what came of it.</summary>
    public void Shaken(DtlsHandshake handshake, Moment now)
    {
        if (!ReferenceEquals(handshake, _dtls))
            return;

        Shake(Transport.Loop, now);
        Changed(Transport.Loop);
    }

    /// <summary>The loop serves it no more.</summary>
    public void Leave(ISocketLoop loop) => loop.Wheel.Cancel(_timer);

    /// <summary>What moves or waits may be another than before: told to readers, and to the wheel.</summary>
    public void Changed(ISocketLoop loop)
    {
        Publish();
        loop.Wheel.Schedule(_timer, Moment.Earlier(_ice?.Deadline ?? Moment.Never, _dtls?.Deadline ?? Moment.Never));
    }

    /// <summary>Reads what the next packet from or to here needs of the component itself (see <see cref="RoundTouch"/>).</summary>
    public long Touch() => _latch.Touch() ^ (_usesIce ? 1 : 0);

    // What comes from there would be answered there (see LegPolicy.PublicAnd). A source is easily forged.
    private bool IsBarred(in NetAddress source) => _publicAnd is { } allowed && !GlobalNetworks.Has(source, allowed);

    private NetAddress Companion => IsRtcp && Transport.Rtp._latch.IsLearned ? Transport.Rtp._latch.Target : default;

    private void OnDue(Moment now)
    {
        var loop = Transport.Loop;
        if (_dtls is not null && _dtls.Deadline <= now)
        {
            _dtls.OnDeadline(now);
            Shake(loop, now);
        }

        if (_ice is not null && _ice.Deadline <= now)
        {
            Span<byte> check = stackalloc byte[IceAgent.MaxMessageBytes];
            _ice.OnDeadline(now, check, out var length, out var target);
            if (length > 0 && Socket is { } socket && socket.IsV6 == target.IsV6)
                loop.Send(socket, check[..length], target);
        }

        Changed(loop);
    }

    // Goes on with the handshake as far as it goes now.
    private void Shake(ISocketLoop loop, Moment now)
    {
        if (_dtls is not { } dtls)
            return;

        dtls.Begin(Target, now);
        dtls.Flush(Socket, loop);
        if (dtls.TryTakeKeys(out var profile, out var inbound, out var outbound))
        {
            Srtp ??= new SrtpSession(_options.Srtp);
            Srtp.SetKeys(profile, inbound, outbound, now);
            Authenticated(dtls.Peer, now);
            Transport.Secured(this, $"DTLS {profile.SuiteName()}");
        }
        else if (dtls.HasJustFailed())
        {
            Transport.Failed($"DTLS: {dtls.Failure}");
        }
    }

    private void EndDtls()
    {
        _dtls?.Dispose();
        _dtls = null;
    }

    // 24 bytes are not written at once, so readers get them behind a reference. It changes when the target does, not per packet.
    private void Publish()
    {
        var target = Target;
        if (_published?.Address != target)
            Volatile.Write(ref _published, new Published(target));
    }

    private sealed record Published(NetAddress Address);
}
