using System.Buffers.Binary;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Codecs;
using Tandem.Media.Jitter;
using Tandem.Media.Plan;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;
using Tandem.Media.Srtp;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Stories;

/// <summary>A phone that says a tone every 20 ms and hears through a jitter buffer of its own; with keys, over SRTP (RFC 4568).</summary>
internal sealed class NetworkPhone
{
    private const int PacketMilliseconds = 20;

    private readonly PayloadFormat _format;
    private readonly IAudioEncoder _encoder;
    private readonly StreamPlayer _player;
    private readonly SrtpContext? _sends;
    private readonly SrtpContext? _receives;
    private readonly short[] _samples;
    private readonly short[] _frame = new short[StreamPlayer.MaxFrameSamples];
    private readonly List<short> _heard = [];
    private readonly double _hertz;
    private readonly uint _ssrc;
    private readonly int _phase;
    private ushort _sequence = 65_000;
    private long _spoken;

    /// <param name="address">Where it is and what it says in SDP.</param>
    /// <param name="codec">The encoding name.</param>
    /// <param name="hertz">The tone.</param>
    /// <param name="keys">Makes keys for SRTP; null for plain RTP.</param>
    public NetworkPhone(NetAddress address, string codec, double hertz, Random? keys = null)
    {
        Address = Named = address;
        _hertz = hertz;
        _ssrc = (uint)address.GetHashCode();
        _phase = (int)(_ssrc % PacketMilliseconds);
        var format = CodecCatalog.Find(codec, 8000)!;
        _format = new PayloadFormat(codec == "PCMU" ? 0 : codec == "G722" ? 9 : 8, format);
        _encoder = CodecCatalog.CreateEncoder(_format, PacketMilliseconds);
        _samples = new short[_encoder.SampleRate * PacketMilliseconds / 1000];
        var audio = new AudioPlan([_format], _format, []);
        var types = new PayloadTable();
        types.Add(_format.PayloadType, _format.Format.ClockRate);
        Line = new LineSide(0, true, true, true, types, audio);
        _player = new StreamPlayer(payload => CodecCatalog.CreateDecoder(payload, _encoder.SampleRate), new JitterOptions());
        _player.Configure(audio);
        if (keys is null)
            return;

        var (own, ours) = (SrtpKey.Create(SrtpProfile.AesCm128HmacSha1Tag80, keys), SrtpKey.Create(SrtpProfile.AesCm128HmacSha1Tag80, keys));
        Security = new SdesPlan(SrtpProfile.AesCm128HmacSha1Tag80, own, ours);
        _sends = SrtpContext.Create(SrtpProfile.AesCm128HmacSha1Tag80, own, SrtpOptions.Default);
        _receives = SrtpContext.Create(SrtpProfile.AesCm128HmacSha1Tag80, ours, SrtpOptions.Default);
    }

    /// <summary>Where it is now, as the exchange sees it: of a phone behind a NAT, the NAT's side.</summary>
    public NetAddress Address { get; set; }

    /// <summary>What its SDP says.</summary>
    public NetAddress Named { get; set; }

    public LineSide Line { get; }

    public SecurityPlan? Security { get; }

    public PlayerReport Report => _player.Report();

    /// <summary>What it hears from now on is measured.</summary>
    public void Forget() => _heard.Clear();

    public ToneReport Heard(double hertz) => ToneMeter.Measure(new WavFile(_player.SampleRate, [.. _heard]), hertz);

    /// <summary>The level of a tone in the last 100 ms, dB below full scale.</summary>
    public double LevelNow(double hertz) => ToneLevel.Of(new WavFile(_player.SampleRate, [.. _heard.TakeLast(_player.SampleRate / 10)]), hertz);

    /// <summary>Its next packet, when that is due.</summary>
    public byte[]? Speak(Moment now)
    {
        if (now.Milliseconds % PacketMilliseconds != _phase)
            return null;

        for (var i = 0; i < _samples.Length; i++, _spoken++)
            _samples[i] = (short)(8000 * Math.Sin(2 * Math.PI * _hertz * _spoken / _encoder.SampleRate));
        var packet = new byte[12 + 320 + SrtpContext.MaxExpansion];
        var length = 12 + _encoder.Encode(_samples, packet.AsSpan(12, 320));
        packet[0] = 0x80;
        packet[1] = (byte)_format.PayloadType;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(now.Milliseconds * _format.Format.ClockRate / 1000));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
        if (_sends is not null)
            Assert.True(_sends.ProtectRtp(packet, ref length));
        return packet[..length];
    }

    /// <summary>A packet arrives. Copies that SRTP has seen before are no sound.</summary>
    public void Hear(byte[] packet, Moment now)
    {
        var buffer = packet.ToArray();
        var length = buffer.Length;
        if (RtcpPacket.IsRtcp(buffer) || (_receives is not null && _receives.UnprotectRtp(buffer, ref length) != SrtpVerdict.Accepted))
            return;

        Assert.True(RtpHeader.TryParse(buffer.AsSpan(0, length), false, out var header));
        _player.Receive(header, buffer.AsSpan(header.HeaderLength, length - header.HeaderLength), now);
    }

    /// <summary>Time passes: every 20 ms it plays what it has.</summary>
    public void Listen(Moment now)
    {
        if (now.Milliseconds % PacketMilliseconds != 0)
            return;

        _player.Read(_frame, now);
        _heard.AddRange(_frame.AsSpan(0, _player.FrameSamples));
    }
}
