namespace Tandem.Media.Playback.Reading;

/// <summary>Samples of constant size that lie one behind the other in a stream: the data of a WAV file, or a file without a header.</summary>
internal sealed class LinearReader : ISoundReader
{
    private const int BufferFrames = 2_048;

    private readonly Stream _stream;
    private readonly SampleFormat _format;
    private readonly long _start;
    private readonly long _frames;
    private readonly int _frameBytes;
    private readonly byte[] _buffer;
    private long _position;

    /// <param name="stream">Where the samples are; closed with the reader.</param>
    /// <param name="format">How one sample is written.</param>
    /// <param name="start">The first byte of the samples.</param>
    /// <param name="frames">How many frames (a sample of each channel) there are.</param>
    /// <param name="info">What the content says of itself.</param>
    public LinearReader(Stream stream, SampleFormat format, long start, long frames, SoundInfo info)
    {
        _stream = stream;
        _format = format;
        _start = start;
        _frames = frames;
        Info = info;
        _frameBytes = SampleFormats.BytesOf(format) * info.Channels;
        _buffer = new byte[BufferFrames * _frameBytes];
        _stream.Position = start;
    }

    public SoundInfo Info { get; }

    public int SampleRate => Info.SampleRate;

    public int Read(Span<short> samples)
    {
        var wanted = (int)Math.Min(Math.Min(samples.Length, BufferFrames), _frames - _position);
        if (wanted <= 0)
            return 0;

        var bytes = _stream.ReadAtLeast(_buffer.AsSpan(0, wanted * _frameBytes), wanted * _frameBytes, throwOnEndOfStream: false);
        var frames = bytes / _frameBytes;
        SampleFormats.Convert(_format, Info.Channels, _buffer, samples[..frames]);

        // A file that became shorter meanwhile is at its end.
        _position = frames < wanted ? _frames : _position + frames;
        return frames;
    }

    public void Seek(long sample)
    {
        _position = Math.Clamp(sample, 0, _frames);
        _stream.Position = _start + (_position * _frameBytes);
    }

    public void Dispose() => _stream.Dispose();
}
