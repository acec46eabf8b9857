namespace Tandem.Media.Playback.Reading;

/// <summary>
/// A sound that is read forward: mono, 16 bit. It reads from a disk, so no loop calls it; one thread at a time. Whatever the content is, it throws
/// nothing but what its stream throws (<see cref="IOException"/>).
/// </summary>
public interface ISoundReader : IDisposable
{
    /// <summary>What the content said about itself.</summary>
    SoundInfo Info { get; }

    /// <summary>Hertz of the samples that <see cref="Read"/> gives.</summary>
    int SampleRate { get; }

    /// <summary>Fills up to the length of <paramref name="samples"/>; 0 is the end. Fewer than asked for are not the end.</summary>
    int Read(Span<short> samples);

    /// <summary>Goes to a sample, counted from the start at <see cref="SampleRate"/>; beyond the end, nothing more is read.</summary>
    void Seek(long sample);
}
