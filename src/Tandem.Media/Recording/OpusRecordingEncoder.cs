using System.Buffers;
using System.Buffers.Binary;
using Tandem.Media.Codecs;
using Tandem.Media.Codecs.Opus;

namespace Tandem.Media.Recording;

/// <summary>
/// Opus in Ogg (RFC 7845). Two channels are two streams of one channel each, uncoupled (§5.1.1.2, mapping family 1), so that caller and
/// callee stay apart whatever the rate. Every page ends with a whole packet: a file that was cut plays up to its last page.
/// </summary>
internal sealed class OpusRecordingEncoder : IRecordingEncoder
{
    private const int FrameMilliseconds = 20;
    private const int MaxPacket = 1275;
    private const int GranuleRate = 48000;

    // 6.5 ms, the look-ahead of libopus for speech.
    private const int PreSkip = 312;

    // One packet that says "nothing was sent": a lone TOC byte (RFC 6716 §3.1), hybrid fullband, 20 ms, one channel.
    private const byte SilentToc = 15 << 3;

    private readonly int _channels;
    private readonly int _sampleRate;
    private readonly OpusEncoder[] _encoders;
    private readonly OggPageWriter _pages;
    private readonly short[] _frame;
    private readonly byte[] _packet;
    private readonly byte[] _single = new byte[MaxPacket];
    private long _samples;
    private bool _hasHead;

    /// <param name="channels">1 or 2.</param>
    /// <param name="sampleRate">Hertz of the samples.</param>
    /// <param name="serial">Of the Ogg stream.</param>
    public OpusRecordingEncoder(int channels, int sampleRate, uint serial)
    {
        _channels = channels;
        _sampleRate = sampleRate;
        _pages = new OggPageWriter(serial);
        _frame = new short[sampleRate * FrameMilliseconds / 1000];
        _packet = new byte[channels * (MaxPacket + 2)];
        _encoders = new OpusEncoder[channels];
        for (var c = 0; c < channels; c++)
        {
            _encoders[c] = new OpusEncoder(sampleRate);
            _encoders[c].Configure(new OpusParameters(InbandFec: false, Dtx: false), new CodecOptions(), FrameMilliseconds);
        }
    }

    public int Encode(ReadOnlySpan<short> interleaved, bool isFinal, ArrayBufferWriter<byte> output)
    {
        if (!_hasHead)
            WriteHead(output);

        var frameSamples = _frame.Length * _channels;
        var taken = 0;
        while (interleaved.Length - taken >= frameSamples)
        {
            AddFrame(interleaved.Slice(taken, frameSamples), output);
            taken += frameSamples;
            _samples += _frame.Length;
        }

        if (!isFinal)
        {
            if (_pages.HasPackets)
                _pages.Flush(Granule(_samples), isFirst: false, isLast: false, output);
            return taken;
        }

        // §4.2: the granule of the last page cuts off what fills up its last frame. The encoder lags by its look-ahead: silence brings it out.
        var rest = interleaved[taken..];
        var end = _samples + (rest.Length / _channels);
        var last = new short[frameSamples];
        rest.CopyTo(last);
        AddFrame(last, output);
        _samples += _frame.Length;
        if (_samples * GranuleRate < (end * GranuleRate) + (PreSkip * (long)_sampleRate))
        {
            AddFrame(new short[frameSamples], output);
            _samples += _frame.Length;
        }

        _pages.Flush((end * GranuleRate / _sampleRate) + PreSkip, isFirst: false, isLast: true, output);
        return interleaved.Length;
    }

    public void Dispose()
    {
        foreach (var encoder in _encoders)
            encoder.Dispose();
    }

    private long Granule(long samples) => samples * GranuleRate / _sampleRate;

    private void AddFrame(ReadOnlySpan<short> interleaved, ArrayBufferWriter<byte> output)
    {
        var length = 0;
        for (var c = 0; c < _channels; c++)
        {
            for (var i = 0; i < _frame.Length; i++)
                _frame[i] = interleaved[(i * _channels) + c];

            var bytes = _encoders[c].Encode(_frame, _single);
            if (bytes == 0)
            {
                _single[0] = SilentToc;
                bytes = 1;
            }

            length += Put(_single.AsSpan(0, bytes), _packet.AsSpan(length), isLast: c == _channels - 1);
        }

        if (_pages.TryAdd(_packet.AsSpan(0, length)))
            return;

        _pages.Flush(Granule(_samples), isFirst: false, isLast: false, output);
        _pages.TryAdd(_packet.AsSpan(0, length));
    }

    // RFC 6716 appendix B: in a packet of several streams all but the last name their length, behind the TOC of a packet of one frame.
    private static int Put(ReadOnlySpan<byte> packet, Span<byte> destination, bool isLast)
    {
        if (isLast)
        {
            packet.CopyTo(destination);
            return packet.Length;
        }

        destination[0] = packet[0];
        var frame = packet[1..];
        var at = 1;
        if (frame.Length < 252)
        {
            destination[at++] = (byte)frame.Length;
        }
        else
        {
            destination[at++] = (byte)(252 + (frame.Length & 3));
            destination[at++] = (byte)((frame.Length - destination[at - 2]) >> 2);
        }

        frame.CopyTo(destination[at..]);
        return at + frame.Length;
    }

    // §5.1, §5.2
    private void WriteHead(ArrayBufferWriter<byte> output)
    {
        _hasHead = true;
        Span<byte> head = stackalloc byte[19 + 2 + _channels];
        "OpusHead"u8.CopyTo(head);
        head[8] = 1;
        head[9] = (byte)_channels;
        BinaryPrimitives.WriteUInt16LittleEndian(head[10..], PreSkip);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], _sampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(head[16..], 0);
        if (_channels == 1)
        {
            head[18] = 0;
            head = head[..19];
        }
        else
        {
            // Family 1, two streams, none coupled, left from the first and right from the second.
            head[18] = 1;
            head[19] = 2;
            head[20] = 0;
            head[21] = 0;
            head[22] = 1;
        }

        _pages.TryAdd(head);
        _pages.Flush(0, isFirst: true, isLast: false, output);

        Span<byte> tags = stackalloc byte[8 + 4 + 6 + 4];
        tags.Clear();
        "OpusTags"u8.CopyTo(tags);
        BinaryPrimitives.WriteInt32LittleEndian(tags[8..], 6);
        "Tandem"u8.CopyTo(tags[12..]);
        _pages.TryAdd(tags);
        _pages.Flush(0, isFirst: false, isLast: false, output);
    }
}
