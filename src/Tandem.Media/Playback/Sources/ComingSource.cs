using Tandem.Media.Audio;

namespace Tandem.Media.Playback.Sources;

/// <summary>A source that is still being opened: silence until it is there, so that nobody waits for the disk. When it does not come, it is over.</summary>
public sealed class ComingSource : IAudioSource
{
    private readonly Task<SoundResult> _coming;
    private IAudioSource? _source;

    /// <param name="coming">The source, or why there is none.</param>
    /// <param name="sampleRate">Hertz of its samples; a source of another rate counts as none.</param>
    public ComingSource(Task<SoundResult> coming, int sampleRate)
    {
        _coming = coming;
        SampleRate = sampleRate;
    }

    public int SampleRate { get; }

    public int Read(Span<short> samples)
    {
        if (_source is not null)
            return _source.Read(samples);

        if (!_coming.IsCompleted)
        {
            samples.Clear();
            return samples.Length;
        }

        if (!_coming.IsCompletedSuccessfully || _coming.Result is not { IsGood: true } result || result.Source.SampleRate != SampleRate)
            return 0;

        _source = result.Source;
        return _source.Read(samples);
    }

    public void Dispose()
    {
        // What comes later than its end is not played either.
        if (_source is not null)
            _source.Dispose();
        else
            _ = _coming.ContinueWith(static done => (done.IsCompletedSuccessfully ? done.Result.Source : null)?.Dispose(), TaskScheduler.Default);
    }
}
