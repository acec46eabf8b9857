using System.Buffers.Binary;
using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Plan;
using Tandem.Media.Quality;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;
using Tandem.Media.Transport;

namespace Tandem.Media.Relay;

/// <summary>
/// One side of one media line: what came from it, who hears it, and the way back to it. Owned by the media loop.
/// <para>Packets of a leg go to its <see cref="Listener"/>, to the other leg, to both or to nobody. To a leg that is fed
/// (<see cref="IsFed"/>) we speak ourselves, through <see cref="Send"/>: the other leg's packets do not reach it meanwhile.</para>
/// <para>A receiver sees a sane stream across the change: what is relayed keeps the SSRC of who sent it, and its first packet after
/// a pause has the marker; what we make has an SSRC of our own (RFC 3550 §8). Numbers never step back.</para>
/// </summary>
internal sealed class LineLeg(MediaLine line, MediaSide side) : ILegPath
{
    private const int RefusedInARow = 4;

    private SteadyStream _steady;
    private ForwardSequence _sequence;
    private uint _shift;
    private int _refused;
    private bool _isFed;
    private bool _isRelayed;
    private bool _marks;
    private byte[]? _rename;
    private int _clockRate;
    private int _ownClockRate;
    private int _lastPayloadType = -1;
    private AudioFormat? _format;

    // NaN while nobody here listens: a double is written whole, so that any thread may read it.
    private double _buffer = double.NaN;

    /// <summary>What came from this side; any thread may read it.</summary>
    public RtpStatistics Statistics { get; } = new();

    public MediaSide Side => side;

    public MediaLine Line => line;

    /// <summary>The plan in force; null while the side has no part in the line.</summary>
    public LineSide? Plan { get; private set; }

    /// <summary>How the side is reached; null while it is not.</summary>
    public MediaTransport? Transport { get; private set; }

    /// <summary>Who hears what comes from this side; null for nobody.</summary>
    public IRtpInput? Listener { get; set; }

    /// <inheritdoc/>
    public IEventWatch? EventWatch { get; set; }

    /// <summary>True while we speak to this side ourselves: nothing is relayed to it.</summary>
    public bool IsFed
    {
        get => _isFed;
        set
        {
            if (_isFed == value)
                return;

            _isFed = value;
            _marks = !value && line.Plan?.Kind == "audio";
            line.Refresh();
        }
    }

    /// <summary>The SSRC of what we make ourselves; 0 before the first packet.</summary>
    public uint OwnSsrc { get; private set; }

    /// <summary>Where RTCP of this side goes: the other side's transport, or null when it ends here.</summary>
    public MediaTransport? RtcpWay => line.RelaysRtcp ? Other.Transport : null;

    /// <summary>The number of the last packet toward this side; -1 before the first. Any thread may ask; it is a moment old then.</summary>
    public int LastSequence => _steady.HasBegun ? _steady.Last : _sequence.Last;

    /// <summary>How what is relayed to this side differs from what the other one sent.</summary>
    public StreamShift Shift => Plan is { IsSteady: true } ? _steady.Shift : new StreamShift(_shift, _sequence.RelayedShift, 0, null);

    /// <summary>The other side of the line.</summary>
    public LineLeg Other => side == MediaSide.A ? line.B : line.A;

    /// <summary>Our RTCP with the side; null before it was needed.</summary>
    public LineReports? Reports { get; set; }

    /// <summary>What the side tells about what it hears, to us or to the other side. Any thread may ask.</summary>
    public RtcpRemoteView Remote => Reports?.Remote is { Reports: > 0 } own ? own : line.Observer?.From(side) ?? default;

    public double Loss => Remote.LossFraction;

    /// <inheritdoc/>
    public double? BufferMilliseconds
    {
        set => Volatile.Write(ref _buffer, value ?? double.NaN);
    }

    /// <summary>How well what comes from this side does. Any thread may ask.</summary>
    public StreamQuality Quality()
    {
        var buffer = Volatile.Read(ref _buffer);
        var other = Other;
        return StreamQuality.Of(
            Volatile.Read(ref _format),
            Statistics.Read(),
            double.IsNaN(buffer) ? null : buffer,
            Remote,
            other.IsFed ? other.Plan?.Audio?.Sends?.Format : null,
            other.Remote);
    }

    /// <summary>Reads what the next packet from or to this side needs of the leg itself (see <see cref="RoundTouch"/>).</summary>
    public long Touch() => _sequence.Last ^ _lastPayloadType ^ _shift ^ (_isRelayed ? 1 : 0) ^ (Transport is null ? 1 : 0) ^ (Listener is null ? 2 : 0);

    public void Apply(LineSide? plan, MediaTransport? transport, byte[]? rename)
    {
        if (Transport is { } before && (plan is null || !ReferenceEquals(before, transport)))
            Reports?.End(before.Loop);

        Plan = plan;
        _lastPayloadType = -1;
        Transport = plan is null ? null : transport;
        _rename = rename;
    }

    /// <summary>The side heard a stream in another session, up to the packet <paramref name="last"/>: what comes next is numbered behind it.</summary>
    public void Continue(ushort last) => _sequence.Continue(last);

    public void SetRelayed(bool isRelayed) => _isRelayed = isRelayed;

    /// <summary>Takes an RTP packet of this side that was found genuine.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="buffer">The packet and the spare bytes behind it; its content is lost.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <param name="now">When it came.</param>
    public PacketVerdict Take(in RtpHeader header, Span<byte> buffer, int length, Moment now)
    {
        if (Plan is not { Sends: true })
            return PacketVerdict.NotWanted;

        if (!line.RelaysRtcp)
            Reports?.Received(header.Ssrc, now);
        if (Plan.Payloads.ClockRate(header.PayloadType) is var clock and not 0)
            _clockRate = clock;
        if (header.PayloadType != _lastPayloadType)
            Follow(header.PayloadType, now);
        if (Listener is { } listener)
            listener.Receive(header, buffer[header.HeaderLength..(length - header.PaddingLength)], now);

        if (_isRelayed)
            return Other.Relay(buffer, length, _rename);
        return Listener is null ? PacketVerdict.NotWanted : PacketVerdict.Heard;
    }

    /// <summary>Takes a datagram of a protocol that we do not read.</summary>
    public PacketVerdict TakeOpaque(Span<byte> buffer, int length)
    {
        if (!_isRelayed)
            return PacketVerdict.Mismatch;

        return Plan is { Sends: true } && Other.Transport is { } transport
            ? transport.SendRtp(buffer, length, PacketVerdict.Opaque)
            : PacketVerdict.NotWanted;
    }

    /// <summary>Takes a compound of RTCP of this side that was found genuine.</summary>
    public PacketVerdict TakeRtcp(Span<byte> buffer, int length)
    {
        if (!line.RelaysRtcp)
        {
            if (Transport is { } own)
                Reports?.Take(buffer[..length], own.Loop);
            return PacketVerdict.Report;
        }

        if (Transport is { } transport)
            line.Observe(side, buffer[..length], Other._clockRate, transport.Loop.Now);
        if (Other is not { Plan.WantsRtcp: true, Transport: { } onward })
            return PacketVerdict.NotWanted;

        RtcpRenumbering.Apply(buffer[..length], this);
        return onward.SendRtcp(buffer, length);
    }

    /// <summary>True when what the side hears on this line has <paramref name="ssrc"/>: the other side's packets, or ours.</summary>
    public bool SendsTo(uint ssrc) => Other.Statistics.Has(ssrc) || (_isFed && ssrc == OwnSsrc) || (_steady.HasBegun && ssrc == _steady.Ssrc);

    /// <inheritdoc/>
    public void Send(Span<byte> buffer, int length)
    {
        if (Plan is { IsSteady: true } && _steady.HasBegun)
            OwnSsrc = _steady.Ssrc;
        else
            OwnSsrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]);
        if (Plan is not { Receives: true } plan || Transport is not { } transport)
            return;

        if (plan.Payloads.ClockRate(buffer[1] & 0x7F) is var clock and not 0)
            _ownClockRate = clock;
        if (plan.IsSteady)
            _steady.Continue(buffer[..length], _ownClockRate, transport.Loop.Now);
        else
            _sequence.Own(buffer);
        var timestamp = BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]);
        if (transport.SendRtp(buffer, length, PacketVerdict.Rtp) == PacketVerdict.Rtp)
            Reports?.Sent(OwnSsrc, timestamp, length - RtpHeader.FixedLength, _ownClockRate, transport.Loop.Now);
    }

    /// <summary>The loop serves the session no more.</summary>
    public void Leave(ISocketLoop loop) => Reports?.Pause(loop);

    /// <summary>Another loop serves the session.</summary>
    public void Enter(ISocketLoop loop)
    {
        if (!line.RelaysRtcp && Plan is { WantsRtcp: true })
            Reports?.Run(loop);
    }

    // Events and comfort noise come between the packets of a codec and change nothing about it.
    private void Follow(int payloadType, Moment now)
    {
        _lastPayloadType = payloadType;
        if (Plan?.Audio is not { } audio)
            return;

        // Before this packet is handed to who listens: it may be the first of a key, for which somebody listens from now on.
        if (EventWatch is { } watch && audio.EventsIn.Count > 0 && (payloadType == audio.RedundancyIn || IsEvent(audio, payloadType)))
            watch.EventsCame(now);

        for (var i = 0; i < audio.Receives.Count; i++)
        {
            if (audio.Receives[i].PayloadType != payloadType)
                continue;

            Volatile.Write(ref _format, audio.Receives[i].Format);
            return;
        }

        if (payloadType == audio.RedundancyIn && _format is null && audio.Receives.Count > 0)
            Volatile.Write(ref _format, audio.Receives[0].Format);
    }

    private static bool IsEvent(AudioPlan audio, int payloadType)
    {
        for (var i = 0; i < audio.EventsIn.Count; i++)
        {
            if (audio.EventsIn[i] == payloadType)
                return true;
        }

        return false;
    }

    private PacketVerdict Relay(Span<byte> buffer, int length, byte[]? rename)
    {
        if (Plan is not { Receives: true } plan || Transport is not { } transport)
            return PacketVerdict.NotWanted;

        if (rename is not null)
        {
            var type = rename[buffer[1] & 0x7F];
            if (type > 0x7F)
                return PacketVerdict.NotWanted;

            buffer[1] = (byte)((buffer[1] & 0x80) | type);
        }

        if (_marks)
        {
            buffer[1] |= 0x80;
            _marks = false;
        }

        if (plan.IsSteady)
            _steady.Continue(buffer[..length], Other._clockRate, transport.Loop.Now);
        else if (plan.Retransmissions == 0 || (plan.Retransmissions & PayloadNumbers.Bit(buffer[1] & 0x7F)) == 0)
            _sequence.Relay(buffer);
        else if (!Repeat(buffer[..length]))
            return PacketVerdict.NotWanted;
        if (!plan.IsSteady && _shift != 0)
            BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]) ^ _shift);

        var verdict = transport.SendRtp(buffer, length, PacketVerdict.Rtp);
        if (verdict == PacketVerdict.Replay)
            Refused(transport);
        else
            _refused = 0;
        return verdict;
    }

    private bool Repeat(Span<byte> packet) =>
        RtpHeader.TryParse(packet, false, out var header) && _sequence.Repeat(packet, packet[header.HeaderLength..^header.PaddingLength]);

    // A plain source that numbers its packets anew under the same SSRC would be silent toward a secure side, where no index may be used
    // twice (RFC 3711 §9.1), until it has caught up: it gets another SSRC there, and with it indices of its own, or, where the SSRC stays, the
    // numbers that follow.
    private void Refused(MediaTransport transport)
    {
        if (++_refused < RefusedInARow)
            return;

        _refused = 0;
        if (Plan is { IsSteady: true })
            _steady.Restart();
        else
            _shift = (uint)transport.Loop.Random.NextInt64(1, uint.MaxValue);
    }
}
