using Tandem.Media.Audio;

namespace Tandem.Media.Playback.Sources;

/// <summary>Several sources, one behind the other without a gap. It owns them.</summary>
public sealed class SequenceSource : IAudioSource
{
    private readonly IReadOnlyList<IAudioSource> _parts;
    private int _part;

    /// <param name="parts">At least one; all of one sample rate.</param>
    public SequenceSource(IReadOnlyList<IAudioSource> parts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count);
        for (var i = 1; i < parts.Count; i++)
        {
            if (parts[i].SampleRate != parts[0].SampleRate)
                throw new ArgumentException($"sources of {parts[0].SampleRate} and {parts[i].SampleRate} Hz", nameof(parts));
        }

        _parts = parts;
    }

    public int SampleRate => _parts[0].SampleRate;

    public int Read(Span<short> samples)
    {
        var done = 0;
        while (done < samples.Length && _part < _parts.Count)
        {
            var wanted = samples.Length - done;
            var count = _parts[_part].Read(samples[done..]);
            done += count;
            if (count < wanted)
                _part++;
        }

        return done;
    }

    public void Dispose()
    {
        foreach (var part in _parts)
            part.Dispose();
    }
}
