namespace Tandem.Media.Playback.Reading;

/// <summary>A reader that begins anew at its end, without a gap. It ends only when there is nothing at all to read.</summary>
internal sealed class LoopReader(ISoundReader inner) : ISoundReader
{
    public SoundInfo Info => inner.Info;

    public int SampleRate => inner.SampleRate;

    public int Read(Span<short> samples)
    {
        var count = inner.Read(samples);
        if (count > 0 || samples.IsEmpty)
            return count;

        inner.Seek(0);
        return inner.Read(samples);
    }

    public void Seek(long sample) => inner.Seek(sample);

    public void Dispose() => inner.Dispose();
}
