using Tandem.Media.Audio;

namespace Tandem.Media.Monitoring;

/// <summary>Plays what comes through a pipe, without end.</summary>
internal sealed class PipeSource(SoundPipe pipe) : IAudioSource
{
    public int SampleRate => SoundPipe.Rate;

    public int Read(Span<short> samples)
    {
        pipe.Read(samples);
        return samples.Length;
    }

    /// <summary>The pipe stays: it belongs to its line, and another playback may read it.</summary>
    public void Dispose()
    {
    }
}
