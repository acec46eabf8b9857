using Tandem.Media.Playback.Sources;

namespace Tandem.Media.Playback.Reading;

/// <summary>Reads a clip as if it were a file.</summary>
internal sealed class ClipReader(SoundClip clip, string kind) : ISoundReader
{
    private int _position;

    public SoundInfo Info { get; } = new(kind, clip.SampleRate, 1, clip.Duration);

    public int SampleRate => clip.SampleRate;

    public int Read(Span<short> samples)
    {
        var count = Math.Min(samples.Length, clip.Samples.Length - _position);
        clip.Samples.Span.Slice(_position, count).CopyTo(samples);
        _position += count;
        return count;
    }

    public void Seek(long sample) => _position = (int)Math.Clamp(sample, 0, clip.Samples.Length);

    public void Dispose()
    {
    }
}
