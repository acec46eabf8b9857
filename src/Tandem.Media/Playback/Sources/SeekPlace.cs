namespace Tandem.Media.Playback.Sources;

internal static class SeekPlace
{
    /// <summary>A place in samples: not negative, and far from any overflow.</summary>
    public static long Samples(TimeSpan place, int sampleRate) =>
        (long)Math.Clamp(place.TotalSeconds * sampleRate, 0, long.MaxValue / 1_024.0);
}
