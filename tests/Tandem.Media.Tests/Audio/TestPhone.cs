using System.Buffers.Binary;
using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Dtmf;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtp;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Audio;

/// <summary>
/// One side of a line in virtual time: it sends a tone in its codec, decodes what it gets, and is its own packet path. What it hears is
/// laid out by arrival: a tick in which nothing came is a hole.
/// </summary>
internal sealed class TestPhone : ILegPath
{
    private readonly IAudioEncoder _encoder;
    private readonly Dictionary<byte, IAudioDecoder> _decoders = [];
    private readonly short[] _decoded = new short[5760];
    private readonly byte[] _payload = new byte[4000];
    private readonly List<short> _heard = [];
    private readonly PayloadFormat _format;
    private readonly int _packetMilliseconds;
    private ushort _sequence = 100;
    private uint _timestamp = 5000;
    private long _samples;
    private Moment _next;

    public TestPhone(PayloadFormat format, double hertz, int packetMilliseconds = 20)
    {
        _format = format;
        _packetMilliseconds = packetMilliseconds;
        Hertz = hertz;
        _encoder = CodecCatalog.CreateEncoder(format, packetMilliseconds);
        Rate = format.Format.Codec == AudioCodec.Opus ? 48000 : format.Format.SampleRate;
        _decoders[(byte)format.PayloadType] = CodecCatalog.CreateDecoder(format, Rate);
        Plan = new LineSide(0, true, true, true, new PayloadTable(), new AudioPlan([format], format, [], -1, -1, -1, packetMilliseconds));
    }

    public LineSide Plan { get; set; }

    public double Hertz { get; set; }

    public int Amplitude { get; set; } = 8000;

    /// <summary>The tones of a digit instead of its own; null for none.</summary>
    public char? Digit { get; set; }

    /// <summary>It sends packets.</summary>
    public bool Speaks { get; set; } = true;

    /// <summary>Parts per million by which its clock is fast.</summary>
    public double Drift { get; set; }

    public int Rate { get; }

    public IRtpInput? Listener { get; set; }

    public IEventWatch? EventWatch { get; set; }

    /// <summary>Its payload type of telephone events.</summary>
    public int EventType { get; set; } = 101;

    public bool IsFed { get; set; }

    public double? BufferMilliseconds { get; set; }

    /// <summary>Who gets its packets when nobody writes to that one.</summary>
    public TestPhone? Peer { get; set; }

    public List<(RtpHeader Header, byte[] Payload, Moment At)> Received { get; } = [];

    public Moment Now { get; set; }

    public uint Ssrc { get; set; } = 0xAAAA;

    /// <summary>What it heard so far.</summary>
    public WavFile Heard => new(Rate, [.. _heard]);

    /// <summary>What it heard from one moment on.</summary>
    public WavFile HeardFrom(int milliseconds, int length = int.MaxValue) =>
        new(Rate, [.. _heard.Skip(milliseconds * Rate / 1000).Take(length == int.MaxValue ? int.MaxValue : length * Rate / 1000)]);

    /// <summary>The level of a tone in what it heard from one moment on, dB below full scale.</summary>
    public double LevelOf(double hertz, int fromMilliseconds, int length = int.MaxValue) => Tones.Level(HeardFrom(fromMilliseconds, length), hertz);

    /// <summary>Sends what is due.</summary>
    public void Speak(Moment now)
    {
        while (now >= _next)
        {
            var length = TimeSpan.FromTicks((long)(_packetMilliseconds * TimeSpan.TicksPerMillisecond / (1 + (Drift / 1e6))));
            if (_next == Moment.Zero)
                _next = now;
            _next += length;
            var samples = new short[_encoder.SampleRate * _packetMilliseconds / 1000];
            for (var i = 0; i < samples.Length; i++)
                samples[i] = Digit is { } digit ? Key(digit, _samples + i) : (short)(Amplitude * Math.Sin(2 * Math.PI * Hertz * (_samples + i) / _encoder.SampleRate));
            _samples += samples.Length;
            var count = _encoder.Encode(samples, _payload);
            if (Speaks && count > 0)
                SendPacket(_format.PayloadType, false, _timestamp, _payload.AsSpan(0, count), now);
            _timestamp += (uint)(_packetMilliseconds * _format.Format.ClockRate / 1000);
        }
    }

    /// <summary>The timestamp of its next packet.</summary>
    public uint Timestamp => _timestamp;

    public void SendPacket(int payloadType, bool marker, uint timestamp, ReadOnlySpan<byte> payload, Moment now)
    {
        var header = new RtpHeader((byte)payloadType, marker, _sequence++, timestamp, Ssrc, 12, 0);
        if (payloadType == EventType)
            EventWatch?.EventsCame(now);
        Listener?.Receive(header, payload, now);
        if (Peer is { IsFed: false } peer)
            peer.Hear(header, payload.ToArray());
    }

    private short Key(char digit, long at)
    {
        Assert.True(DtmfDigits.TryTones(digit, out var low, out var high));
        return (short)(6000 * (Math.Sin(2 * Math.PI * low * at / _encoder.SampleRate) + Math.Sin(2 * Math.PI * high * at / _encoder.SampleRate)));
    }

    void IRtpOutput.Send(Span<byte> buffer, int length)
    {
        Assert.True(buffer.Length >= length + IRtpOutput.Spare);
        Assert.True(RtpHeader.TryParse(buffer[..length], false, out var header));
        Hear(header, buffer[header.HeaderLength..length].ToArray());
    }

    private void Hear(in RtpHeader header, byte[] payload)
    {
        Received.Add((header, payload, Now));
        if (!_decoders.TryGetValue(header.PayloadType, out var decoder))
            return;

        // A hole is what passed since the last sound ended, above a tick's rounding.
        var due = (int)(Now.Milliseconds * Rate / 1000) - (Rate * _packetMilliseconds / 1000);
        while (_heard.Count < due)
            _heard.Add(0);
        var count = decoder.Decode(payload, _decoded);
        _heard.AddRange(_decoded.AsSpan(0, count));
    }
}
