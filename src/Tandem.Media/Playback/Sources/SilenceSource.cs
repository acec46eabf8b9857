using Tandem.Media.Audio;

namespace Tandem.Media.Playback.Sources;

/// <summary>Silence of a length, or without end.</summary>
/// <param name="sampleRate">Hertz.</param>
/// <param name="length">How long; null for without end.</param>
public sealed class SilenceSource(int sampleRate, TimeSpan? length = null) : IAudioSource
{
    private long _left = length is { } time ? SeekPlace.Samples(time, sampleRate) : long.MaxValue;

    public int SampleRate => sampleRate;

    public int Read(Span<short> samples)
    {
        var count = (int)Math.Min(samples.Length, _left);
        samples[..count].Clear();
        if (_left != long.MaxValue)
            _left -= count;
        return count;
    }

    public void Dispose()
    {
    }
}
