namespace Tandem.Media.Playback.Sources;

/// <summary>A short sound in memory, shared by all who play it. Immutable.</summary>
/// <param name="Samples">Mono, 16 bit.</param>
/// <param name="SampleRate">8000, 16000 or 48000 hertz.</param>
public sealed record SoundClip(ReadOnlyMemory<short> Samples, int SampleRate)
{
    /// <summary>Its length.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / SampleRate);

    /// <summary>Bytes of memory.</summary>
    public long Bytes => Samples.Length * (long)sizeof(short);
}
