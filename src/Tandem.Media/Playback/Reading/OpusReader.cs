using Tandem.Media.Codecs;

namespace Tandem.Media.Playback.Reading;

/// <summary>
/// Ogg/Opus (RFC 7845): pre-skip at the beginning, the end cut where the last page says, output gain applied, lost pages left out. It stops at the end
/// of the first Opus stream of the file.
/// </summary>
internal sealed class OpusReader : ISoundReader
{
    private const int Clock = 48_000;

    /// <summary>80 ms that a decoder needs to be right again after a jump (RFC 7845 §4.6), at 48 kHz.</summary>
    private const int PreRoll = 3_840;

    private readonly Stream _stream;
    private readonly OggPackets _packets;
    private readonly IAudioDecoder _decoder;
    private readonly OpusHead _head;
    private readonly double _gain;
    private readonly int _step;
    private readonly long _most;
    private readonly short[] _decoded;
    private int _from;
    private int _to;

    // All at 48 kHz from the first sample that the stream encodes; the pre-skip counts.
    private long _clock;
    private long _heardFrom;
    private long _end;
    private long? _startGranule;
    private bool _isDisposed;

    private OpusReader(Stream stream, OggPackets packets, IAudioDecoder decoder, OpusHead head, PlaybackOptions options, TimeSpan? duration)
    {
        _stream = stream;
        _packets = packets;
        _decoder = decoder;
        _head = head;
        _gain = head.Gain == 0 ? 1 : Math.Pow(10, head.Gain / (20.0 * 256));
        _step = Clock / decoder.SampleRate;
        _most = (long)(options.MaxDuration.TotalSeconds * Clock) + head.PreSkip;
        _decoded = new short[OpusPacket.MaxSamples / _step];
        Info = new SoundInfo("Ogg, Opus", head.InputSampleRate is >= 8_000 and <= 48_000 ? (int)head.InputSampleRate : Clock, head.Channels, duration);
        Restart(0);
    }

    public SoundInfo Info { get; }

    public int SampleRate => _decoder.SampleRate;

    /// <summary>Opens the file that <paramref name="stream"/> holds; the reader owns the stream then.</summary>
    public static bool TryOpen(Stream stream, PlaybackOptions options, out ISoundReader? reader, out string error)
    {
        reader = null;
        var packets = new OggPackets(new OggPageReader(stream));
        if (!packets.TryRead(out var first))
        {
            error = "the Ogg file has no Opus stream";
            return false;
        }

        if (!OpusHead.TryRead(first, out var head, out error))
            return false;

        if (OpusDecoders.Make(options.MaxSampleRate) is not { } decoder)
        {
            error = "Opus cannot be decoded on this machine: libopus is not installed";
            return false;
        }

        reader = new OpusReader(stream, packets, decoder, head, options, OggLength.Find(stream, head.PreSkip));
        return true;
    }

    public int Read(Span<short> samples)
    {
        while (_from >= _to)
        {
            if (!TryDecode())
                return 0;
        }

        var count = Math.Min(samples.Length, _to - _from);
        _decoded.AsSpan(_from, count).CopyTo(samples);
        _from += count;
        return count;
    }

    public void Seek(long sample) => Restart(Math.Max(sample, 0) * _step);

    public void Dispose()
    {
        // A decoder that is given back twice would be two streams' at once.
        if (_isDisposed)
            return;

        _isDisposed = true;
        CodecCatalog.Return(_decoder);
        _stream.Dispose();
    }

    private void Restart(long target)
    {
        _packets.Rewind();
        _decoder.Reset();
        _from = _to = 0;
        _clock = 0;
        _heardFrom = _head.PreSkip + target;
        _end = _most;
        _startGranule = null;

        // The header, which is known, and the comments, which nobody hears.
        for (var headers = 0; headers < 2; headers++)
        {
            if (!_packets.TryRead(out _))
                return;
        }
    }

    // Decodes one packet; false at the end. What is to be heard of it is from _from to _to, perhaps nothing.
    private bool TryDecode()
    {
        if (_clock >= _end || !_packets.TryRead(out var packet))
            return false;

        var length = OpusPacket.SamplesOf(packet);
        if (length == 0)
            return true;

        var start = _clock;
        _clock += length;
        if (_startGranule is null && _packets.EndsPage && _packets.Granule >= 0)
        {
            // A stream that was cut out of a longer one does not begin at zero (RFC 7845 §4.3); a negative beginning counts as zero.
            _startGranule = _packets.IsLastPage ? 0 : Math.Max(_packets.Granule - _clock, 0);
        }

        if (_packets.IsLastPage && _packets.Granule >= 0)
            _end = Math.Min(_most, _packets.Granule - (_startGranule ?? 0));

        if (_clock <= _heardFrom - PreRoll)
            return true;

        var count = length / _step;
        var decoded = _decoder.Decode(packet, _decoded.AsSpan(0, count));
        _decoded.AsSpan(decoded, count - decoded).Clear();
        if (_head.Gain != 0)
            Amplify(_decoded.AsSpan(0, count));

        _from = (int)Math.Clamp((_heardFrom - start) / _step, 0, count);
        _to = (int)Math.Clamp((_end - start) / _step, 0, count);
        return true;
    }

    private void Amplify(Span<short> samples)
    {
        foreach (ref var sample in samples)
            sample = (short)Math.Clamp(Math.Round(sample * _gain), short.MinValue, short.MaxValue);
    }
}
