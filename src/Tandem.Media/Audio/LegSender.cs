using System.Buffers.Binary;
using System.Security.Cryptography;
using Tandem.Media.Codecs;
using Tandem.Media.Plan;

namespace Tandem.Media.Audio;

/// <summary>
/// Makes the RTP of one leg: 20 ms of sound a tick become packets of the side's packet time, under an SSRC of our own. The timestamp
/// follows the number of the tick, so that what is not sent (hold, silence, a tick left out) is a gap for the receiver and not a
/// delay (RFC 3550 §5.1). Owned by the media loop; it allocates nothing after the first packet of a format.
/// </summary>
internal sealed class LegSender : IDisposable
{
    /// <summary>Bytes of the header that we write: no CSRC, no extension.</summary>
    public const int HeaderLength = 12;

    private IAudioEncoder? _encoder;
    private PayloadFormat? _format;
    private int _packetMilliseconds = 20;
    private short[] _gathered = [];
    private int _fill;
    private ushort _sequence = (ushort)RandomNumberGenerator.GetInt32(0x10000);
    private uint _timestamp = Draw();
    private uint _packetTimestamp;
    private long _tick = -1;
    private bool _marks = true;
    private int _sourceRate;

    /// <summary>The source of what we send (RFC 3550 §8.1). It changes when the clock rate does (RFC 7160 §4.1).</summary>
    public uint Ssrc { get; private set; } = Draw();

    /// <summary>Hertz of the samples that <see cref="Send"/> takes.</summary>
    public int SampleRate => _encoder?.SampleRate ?? 8000;

    /// <summary>The format in use; null when the side takes nothing that we write.</summary>
    public PayloadFormat? Format => _format;

    /// <summary>The time of one packet, ms.</summary>
    public int PacketMilliseconds => _packetMilliseconds;

    /// <summary>Packets sent under <see cref="Ssrc"/>.</summary>
    public long Packets { get; private set; }

    /// <summary>Their payload bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The timestamp of the next sample.</summary>
    public uint Timestamp => _timestamp;

    /// <summary>Hertz of the timestamp.</summary>
    public int ClockRate => _format?.Format.ClockRate ?? 8000;

    /// <summary>Nothing waits for the rest of its packet.</summary>
    public bool IsAligned => _fill == 0;

    /// <summary>Puts a plan in force. The stream goes on where it can.</summary>
    public void Apply(AudioPlan? plan)
    {
        var format = plan?.Sends;
        var milliseconds = plan is null ? 20 : Math.Clamp(plan.PacketMilliseconds, 10, 200);
        if (format is not null)
            milliseconds = CodecCatalog.PacketMilliseconds(format.Format, milliseconds);
        if (format == _format && milliseconds == _packetMilliseconds)
            return;

        if (_format is not null && format is not null && format.Format.ClockRate != _format.Format.ClockRate)
        {
            Ssrc = Draw();
            _timestamp = Draw();
            Packets = 0;
            Bytes = 0;
        }

        Rest();
        _format = format;
        _packetMilliseconds = milliseconds;
        _marks = true;
    }

    /// <summary>
    /// Gets ready for sound of <paramref name="sourceRate"/> Hz: a codec of many rates works at no higher one than is of use, and an
    /// encoder that works at too low a one is replaced. False when the side takes nothing that we write.
    /// </summary>
    public bool TryPrepare(int sourceRate)
    {
        if (_format is null)
            return false;
        if (_encoder is not null && (sourceRate <= _sourceRate || _format.Format.Codec != AudioCodec.Opus))
            return true;

        var marks = _encoder is null || _marks;
        Rest();
        _marks = marks;
        _sourceRate = sourceRate;
        _encoder = CodecCatalog.CreateEncoder(_format, _packetMilliseconds, sourceRate);
        return true;
    }

    /// <summary>Gives the encoder back. The stream can go on later, with a marker.</summary>
    public void Rest()
    {
        if (_encoder is not null)
            CodecCatalog.Return(_encoder);
        _encoder = null;
        _fill = 0;
        _marks = true;
        _sourceRate = 0;
    }

    /// <summary>Sends 20 ms of sound at <see cref="SampleRate"/>, after <see cref="TryPrepare"/>.</summary>
    /// <param name="frame">The samples.</param>
    /// <param name="tick">The number of the tick; those left out are a gap.</param>
    /// <param name="packet">Room for a packet and what IRtpOutput wants behind it.</param>
    /// <param name="output">Where the packets go.</param>
    public void Send(ReadOnlySpan<short> frame, long tick, Span<byte> packet, IRtpOutput output)
    {
        if (_encoder is not { } encoder)
            return;

        Reach(tick);
        var needed = encoder.SampleRate * _packetMilliseconds / 1000;
        while (!frame.IsEmpty)
        {
            if (_fill == 0 && frame.Length >= needed)
            {
                _packetTimestamp = _timestamp;
                Encode(encoder, frame[..needed], packet, output);
                Pass(needed, encoder.SampleRate);
                frame = frame[needed..];
                continue;
            }

            if (_gathered.Length < needed)
                _gathered = new short[needed];
            if (_fill == 0)
                _packetTimestamp = _timestamp;
            var count = Math.Min(needed - _fill, frame.Length);
            frame[..count].CopyTo(_gathered.AsSpan(_fill));
            frame = frame[count..];
            _fill += count;
            Pass(count, encoder.SampleRate);
            if (_fill < needed)
                continue;

            _fill = 0;
            Encode(encoder, _gathered.AsSpan(0, needed), packet, output);
        }
    }

    /// <summary>Sends 20 ms that are encoded already, in the format and packet time of this leg; only while <see cref="IsAligned"/>.</summary>
    public void SendEncoded(ReadOnlySpan<byte> payload, long tick, Span<byte> packet, IRtpOutput output)
    {
        if (_format is null)
            return;

        Reach(tick);
        if (payload.IsEmpty)
        {
            _marks = true;
        }
        else
        {
            payload.CopyTo(packet[HeaderLength..]);
            SendPacket(_format.PayloadType, _marks, _timestamp, payload.Length, packet, output);
            _marks = false;
        }

        _timestamp += (uint)(ClockRate / 50);
    }

    /// <summary>
    /// Sends a packet of another payload type in this stream, such as an event (RFC 4733 §2.5.1.2): its timestamp is where the event began.
    /// The payload lies behind the header in <paramref name="packet"/> already.
    /// </summary>
    public void SendEvent(int payloadType, bool marker, uint timestamp, int payloadLength, Span<byte> packet, IRtpOutput output) =>
        SendPacket(payloadType, marker, timestamp, payloadLength, packet, output);

    /// <summary>Passes a tick in which this stream sends no sound: what comes next begins with a marker.</summary>
    public void Skip(long tick)
    {
        Reach(tick);
        _fill = 0;
        _marks = true;
        _timestamp += (uint)(ClockRate / 50);
    }

    /// <summary>Tells the loss that the side reports, 0 to 1: a codec with redundancy sets it by that.</summary>
    public void SetLoss(double fraction) => _encoder?.SetLoss(fraction);

    public void Dispose() => Rest();

    // RFC 3550 §5.1: sequence, timestamp and source begin at values that cannot be guessed.
    private static uint Draw()
    {
        Span<byte> bytes = stackalloc byte[4];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>Brings the timestamp to the beginning of a tick, and returns it.</summary>
    public uint Reach(long tick)
    {
        if (_tick >= 0 && tick > _tick + 1)
        {
            _timestamp += (uint)((tick - _tick - 1) * (ClockRate / 50));
            _fill = 0;
            _marks = true;
        }

        _tick = tick;
        return _timestamp;
    }

    private void Pass(int samples, int sampleRate) => _timestamp += (uint)((long)samples * ClockRate / sampleRate);

    private void Encode(IAudioEncoder encoder, ReadOnlySpan<short> samples, Span<byte> packet, IRtpOutput output)
    {
        var length = encoder.Encode(samples, packet[HeaderLength..^IRtpOutput.Spare]);
        if (length == 0)
        {
            _marks = true;
            return;
        }

        SendPacket(_format!.PayloadType, _marks, _packetTimestamp, length, packet, output);
        _marks = false;
    }

    private void SendPacket(int payloadType, bool marker, uint timestamp, int payloadLength, Span<byte> packet, IRtpOutput output)
    {
        packet[0] = 0x80;
        packet[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], Ssrc);
        Packets++;
        Bytes += payloadLength;
        output.Send(packet, HeaderLength + payloadLength);
    }
}
