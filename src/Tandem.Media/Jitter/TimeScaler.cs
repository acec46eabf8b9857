namespace Tandem.Media.Jitter;

/// <summary>
/// Makes sound shorter or longer by one period without changing its pitch: two neighbouring periods are blended into one, or one is
/// put in between that is a blend of both. Nothing is done where the sound does not repeat itself well enough.
/// </summary>
internal static class TimeScaler
{
    /// <summary>Below this root mean square (about -56 dB of full scale) there is nothing to hear: any length will do.</summary>
    private const double Inaudible = 50;

    private const int MaxMilliseconds = 15;
    private const int SilenceMilliseconds = 10;

    /// <summary>Samples that <see cref="Shorten"/> looks at, at most.</summary>
    public static int Reach(int rate) => 2 * rate * MaxMilliseconds / 1000;

    /// <summary>Takes one period out of the beginning of <paramref name="samples"/>; returns how many samples fewer there are.</summary>
    public static int Shorten(Span<short> samples, int rate, double minLikeness)
    {
        var reach = Math.Min(samples.Length, Reach(rate));
        var lag = Period(samples[..reach], rate, minLikeness);
        if (lag == 0)
            return 0;

        // Ends as the second period of the pair, which lies at the end of the stretch looked at.
        var first = samples.Slice(reach - (2 * lag), lag);
        var second = samples.Slice(reach - lag, lag);
        Blend(first, second, first);
        samples[reach..].CopyTo(samples[(reach - lag)..]);
        return lag;
    }

    /// <summary>
    /// A period to be put in before sample <paramref name="at"/> of <paramref name="sound"/>: written to <paramref name="inserted"/>. Returns its length;
    /// 0 when none fits.
    /// </summary>
    /// <param name="sound">What was heard, and from <paramref name="at"/> on what will be.</param>
    /// <param name="at">Where it shall be put in; as much must lie before as behind.</param>
    /// <param name="rate">Hertz.</param>
    /// <param name="minLikeness">How well the sound must repeat itself, up to 1.</param>
    /// <param name="inserted">Room for 15 ms.</param>
    public static int Lengthen(ReadOnlySpan<short> sound, int at, int rate, double minLikeness, Span<short> inserted)
    {
        var half = Math.Min(Math.Min(at, sound.Length - at), rate * MaxMilliseconds / 1000);
        var lag = Period(sound.Slice(at - half, 2 * half), rate, minLikeness, half);
        if (lag == 0)
            return 0;

        Blend(sound.Slice(at, lag), sound.Slice(at - lag, lag), inserted[..lag]);
        return lag;
    }

    // A lag between 2.5 and 15 ms by which neighbouring periods differ little; `window` is what must be alike, half of the sound by default.
    private static int Period(ReadOnlySpan<short> sound, int rate, double minLikeness, int window = 0)
    {
        var maxLag = Math.Min(sound.Length / 2, rate * MaxMilliseconds / 1000);
        var minLag = rate / 400;
        if (maxLag <= minLag)
            return 0;

        if (Pitch.Level(sound) < Inaudible)
            return Math.Min(maxLag, rate * SilenceMilliseconds / 1000);

        var lag = Pitch.Lag(sound, rate, window == 0 ? maxLag : window, minLag, maxLag, out var likeness);
        return likeness >= minLikeness ? lag : 0;
    }

    private static void Blend(ReadOnlySpan<short> from, ReadOnlySpan<short> to, Span<short> into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            var weight = (i + 1.0f) / (into.Length + 1);
            into[i] = (short)((from[i] * (1 - weight)) + (to[i] * weight));
        }
    }
}
