using System.Numerics;

namespace Tandem.Testing.Audio;

/// <summary>Measures a tone near an expected frequency: whether it is there, exactly how high, and whether it has holes.</summary>
public static class ToneMeter
{
    private const double BlockSeconds = 0.020;

    /// <summary>A block counts as tone when it holds at least this part of the strongest blocks' amplitude.</summary>
    private const double Presence = 0.5;

    /// <summary>A phase step that differs from the usual one by more than this many radians is a jump.</summary>
    private const double JumpRadians = 0.6;

    /// <summary>Measures <paramref name="wav"/>; the tone must lie within 20 Hz of <paramref name="expectedHertz"/>.</summary>
    public static ToneReport Measure(WavFile wav, double expectedHertz)
    {
        var block = (int)(wav.SampleRate * BlockSeconds);
        var phasors = new Complex[wav.Samples.Length / block];
        for (var b = 0; b < phasors.Length; b++)
            phasors[b] = Demodulate(wav, b * block, block, expectedHertz);

        if (phasors.Length == 0)
            return new ToneReport(0, double.NegativeInfinity, TimeSpan.Zero, 0, 0);

        var strongest = phasors.Select(p => p.Magnitude).Order().ElementAt(phasors.Length * 9 / 10);
        var present = phasors.Select(p => strongest > 0.001 && p.Magnitude >= strongest * Presence).ToArray();
        var first = Array.IndexOf(present, true);
        var last = Array.LastIndexOf(present, true);
        if (first < 0)
            return new ToneReport(0, double.NegativeInfinity, TimeSpan.Zero, 0, 0);

        var steps = new List<double>();
        var gaps = 0;
        for (var b = first + 1; b <= last; b++)
        {
            if (!present[b])
                gaps++;
            else if (present[b - 1])
                steps.Add((phasors[b] * Complex.Conjugate(phasors[b - 1])).Phase);
        }

        var usual = steps.Count == 0 ? 0 : steps.Order().ElementAt(steps.Count / 2);
        var jumps = steps.Count(s => Math.Abs(Wrap(s - usual)) > JumpRadians);
        var clean = steps.Where(s => Math.Abs(Wrap(s - usual)) <= JumpRadians).DefaultIfEmpty(0).Average(s => usual + Wrap(s - usual));
        var hertz = expectedHertz + (clean / (2 * Math.PI * BlockSeconds));
        var level = phasors.Where((_, b) => present[b]).Select(p => p.Magnitude).Order().ElementAt(present.Count(p => p) / 2);
        return new ToneReport(hertz, 20 * Math.Log10(level), TimeSpan.FromSeconds((last - first + 1) * BlockSeconds), gaps, jumps);
    }

    private static Complex Demodulate(WavFile wav, int start, int count, double hertz)
    {
        var sum = Complex.Zero;
        for (var i = start; i < start + count; i++)
            sum += wav.Samples[i] / 32768.0 * Complex.FromPolarCoordinates(1, -2 * Math.PI * hertz * i / wav.SampleRate);
        return sum * 2 / count;
    }

    private static double Wrap(double radians) => Math.IEEERemainder(radians, 2 * Math.PI);
}
