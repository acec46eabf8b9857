using System.Numerics;

namespace Tandem.Testing.Audio;

/// <summary>
/// Compares what was heard with what was said: delay by correlation, level, spectrum, gaps, clicks. Both have one rate, at best 16 kHz or
/// below; sounds of up to a minute.
/// </summary>
public static class SoundComparison
{
    /// <summary>Below the loudest moments by this much the reference counts as silent, dB.</summary>
    private const double ActiveRangeDb = 35;

    /// <summary>What is heard of an active moment by this much below its level is a gap, dB.</summary>
    private const double GapDb = 30;

    /// <summary>A break stands out of its surroundings, and of the reference, by this factor.</summary>
    private const double ClickFactor = 6;

    /// <summary>Breaks below this size of a second difference are not heard.</summary>
    private const double ClickFloor = 600;

    /// <summary>Compares within <paramref name="lowestHertz"/> to <paramref name="highestHertz"/>; delays up to <paramref name="maxDelay"/> either way.</summary>
    public static SoundReport Measure(WavFile reference, WavFile heard, double lowestHertz = 200, double highestHertz = 3400, TimeSpan? maxDelay = null)
    {
        if (reference.SampleRate != heard.SampleRate)
            throw new ArgumentException($"rates differ: {reference.SampleRate} and {heard.SampleRate}");

        var rate = reference.SampleRate;
        var (lag, likeness) = Lag(reference.Samples, heard.Samples, (int)((maxDelay ?? TimeSpan.FromSeconds(2)).TotalSeconds * rate));
        var a = reference.Samples.AsSpan(Math.Max(-lag, 0));
        var b = heard.Samples.AsSpan(Math.Max(lag, 0));
        var length = Math.Min(a.Length, b.Length);
        a = a[..length];
        b = b[..length];
        var (level, distance) = Spectra(a, b, rate, lowestHertz, highestHertz);
        return new SoundReport(TimeSpan.FromSeconds((double)lag / rate), likeness, level, distance, Gaps(a, b, rate), Clicks(a, b, rate));
    }

    // The peak of the cross-correlation, relative to the energies.
    private static (int Lag, double Likeness) Lag(short[] a, short[] b, int most)
    {
        var size = Spectrum.SizeFor(a.Length + b.Length);
        var first = Transformed(a, size);
        var second = Transformed(b, size);
        for (var i = 0; i < size; i++)
            first[i] = Complex.Conjugate(first[i]) * second[i];
        Spectrum.Inverse(first);

        var best = 0;
        for (var lag = -Math.Min(most, a.Length - 1); lag <= Math.Min(most, b.Length - 1); lag++)
        {
            if (first[(lag + size) % size].Real > first[(best + size) % size].Real)
                best = lag;
        }

        var energies = Math.Sqrt(Energy(a) * Energy(b));
        return (best, energies > 0 ? first[(best + size) % size].Real / size / energies : 0);
    }

    private static Complex[] Transformed(short[] samples, int size)
    {
        var values = new Complex[size];
        for (var i = 0; i < samples.Length; i++)
            values[i] = samples[i];
        Spectrum.Forward(values);
        return values;
    }

    private static (double LevelDb, double DistanceDb) Spectra(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int rate, double lowest, double highest)
    {
        var size = Spectrum.SizeFor(rate / 40);
        List<(double[] A, double[] B)> frames = [];
        for (var at = 0; at + size <= a.Length; at += size / 2)
            frames.Add((Bands(a.Slice(at, size), rate, lowest, highest), Bands(b.Slice(at, size), rate, lowest, highest)));
        if (frames.Count == 0)
            return (0, 0);

        var loudest = frames.Max(f => f.A.Sum());
        var active = frames.Where(f => f.A.Sum() > loudest * Math.Pow(10, -ActiveRangeDb / 10)).ToList();
        if (active.Count == 0)
            return (0, 0);

        var gain = active.Sum(f => f.B.Sum()) / active.Sum(f => f.A.Sum());
        var distance = active.Average(f =>
        {
            // What lies 30 dB below the moment's loudest band is masked.
            var floor = f.A.Max() / 1000;
            return Math.Sqrt(f.A.Zip(f.B, (x, y) => Math.Pow(10 * Math.Log10(((y / Math.Max(gain, 1e-12)) + floor) / (x + floor)), 2)).Average());
        });
        return (10 * Math.Log10(Math.Max(gain, 1e-12)), distance);
    }

    private static double[] Bands(ReadOnlySpan<short> samples, int rate, double lowest, double highest)
    {
        var values = new Complex[samples.Length];
        for (var i = 0; i < samples.Length; i++)
            values[i] = samples[i] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * i / samples.Length)));
        Spectrum.Forward(values);

        List<double> bands = [];
        for (var low = lowest; low < highest; low *= Math.Pow(2, 1 / 3.0))
        {
            var high = Math.Min(low * Math.Pow(2, 1 / 3.0), highest);
            double sum = 0;
            for (var i = (int)Math.Ceiling(low * samples.Length / rate); i < high * samples.Length / rate; i++)
                sum += (values[i].Real * values[i].Real) + (values[i].Imaginary * values[i].Imaginary);
            bands.Add(sum);
        }

        return [.. bands];
    }

    private static int Gaps(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int rate)
    {
        // A moment counts when the reference sounds all around it, so that a codec's own smear is no gap.
        var block = rate / 200;
        var levelsA = Levels(a, block);
        var levelsB = Levels(b, block);
        if (levelsA.Length == 0)
            return 0;

        var threshold = levelsA.Max() * Math.Pow(10, -(ActiveRangeDb - 10) / 10);
        var gaps = 0;
        var inGap = false;
        for (var i = 2; i + 2 < levelsA.Length; i++)
        {
            var quietest = levelsA.AsSpan(i - 2, 5);
            var least = Math.Min(Math.Min(quietest[0], quietest[1]), Math.Min(quietest[2], Math.Min(quietest[3], quietest[4])));
            var isGap = least > threshold && levelsB[i] < least * Math.Pow(10, -GapDb / 10);
            if (isGap && !inGap)
                gaps++;
            inGap = isGap;
        }

        return gaps;
    }

    private static int Clicks(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int rate)
    {
        var block = rate / 1000;
        var breaksA = Breaks(a, block);
        var breaksB = Breaks(b, block);
        var clicks = 0;
        for (var i = 10; i + 10 < breaksB.Length; i++)
        {
            var around = breaksB[(i - 10)..(i + 11)];
            Array.Sort(around);
            var expected = 0.0;
            for (var k = i - 4; k <= i + 4; k++)
                expected = Math.Max(expected, breaksA[k]);
            if (breaksB[i] < ClickFloor || breaksB[i] < ClickFactor * around[10] || breaksB[i] < ClickFactor / 2 * expected)
                continue;

            clicks++;
            i += 4;
        }

        return clicks;
    }

    // The largest second difference of each block.
    private static double[] Breaks(ReadOnlySpan<short> samples, int block)
    {
        var breaks = new double[samples.Length / block];
        for (var i = 2; i < breaks.Length * block; i++)
            breaks[i / block] = Math.Max(breaks[i / block], Math.Abs(samples[i] - (2.0 * samples[i - 1]) + samples[i - 2]));
        return breaks;
    }

    private static double[] Levels(ReadOnlySpan<short> samples, int block)
    {
        var levels = new double[samples.Length / block];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = Energy(samples.Slice(i * block, block)) / block;
        return levels;
    }

    private static double Energy(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        foreach (var sample in samples)
            sum += (double)sample * sample;
        return sum;
    }
}
