namespace Tandem.Media.Audio;

/// <summary>
/// Where sound comes from: a file, a tone, a list of prompts. Attached to one side or to one mix, it is read on the media loop every
/// 20 ms and disposed there, once, when it ended, was stopped, or its session closed. It never blocks and allocates nothing: files are
/// read ahead elsewhere.
/// </summary>
public interface IAudioSource : IDisposable
{
    /// <summary>Hertz of its samples, the same for its whole life: 8000 to 48000, a multiple of 50 so that 20 ms are whole.</summary>
    int SampleRate { get; }

    /// <summary>
    /// Fills <paramref name="samples"/> (20 ms, mono, 16 bit) and returns how many were written: fewer than asked is the end, and it is
    /// not read again.
    /// </summary>
    int Read(Span<short> samples);
}
