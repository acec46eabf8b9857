using System.Collections.Concurrent;

namespace Tandem.Media.Codecs.Resampling;

/// <summary>
/// The filter of a change of sample rate: a sinc under a Kaiser window, for <see cref="Phases"/> places between two samples. It passes 90 % of the band of the lower
/// rate and keeps what lies above out, some 70 dB.
/// </summary>
internal sealed class SincTable
{
    public const int Phases = 256;

    private const int ZeroCrossings = 20;
    private const double Beta = 7;

    /// <summary>The rates of nearly all files; tables between them are computed once.</summary>
    private static readonly int[] CommonRates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

    private static readonly ConcurrentDictionary<(int From, int To), SincTable> Known = new();

    // Phases + 1 rows of Taps, so that the place behind the last phase can be read too.
    private readonly float[] _rows;

    private SincTable(int from, int to)
    {
        var cutoff = 0.93 * Math.Min(1.0, (double)to / from);
        Half = (int)Math.Ceiling(ZeroCrossings / cutoff);
        Taps = 2 * Half;
        _rows = new float[(Phases + 1) * Taps];
        for (var phase = 0; phase <= Phases; phase++)
        {
            var sum = 0.0;
            var row = _rows.AsSpan(phase * Taps, Taps);
            for (var tap = 0; tap < Taps; tap++)
            {
                var x = tap - (Half - 1) - ((double)phase / Phases);
                var value = cutoff * Sinc(cutoff * x) * Window(x / Half);
                row[tap] = (float)value;
                sum += value;
            }

            // Exactly one at zero hertz, or the phases would be heard as a tone.
            foreach (ref var value in row)
                value = (float)(value / sum);
        }
    }

    /// <summary>The filter from one rate to another.</summary>
    public static SincTable Between(int from, int to) =>
        CommonRates.Contains(from) && CommonRates.Contains(to) ? Known.GetOrAdd((from, to), static pair => new SincTable(pair.From, pair.To)) : new SincTable(from, to);

    /// <summary>Samples on either side of the place that is computed.</summary>
    public int Half { get; }

    /// <summary>Length of a row.</summary>
    public int Taps { get; }

    /// <summary>The value at the fraction <paramref name="numerator"/> / <paramref name="denominator"/> behind the middle sample of <paramref name="window"/>.</summary>
    public short At(ReadOnlySpan<short> window, int numerator, int denominator)
    {
        var place = (double)numerator * Phases / denominator;
        var phase = (int)place;
        var rest = (float)(place - phase);
        var first = _rows.AsSpan(phase * Taps, Taps);
        var second = _rows.AsSpan((phase + 1) * Taps, Taps);
        var sum = 0f;
        for (var tap = 0; tap < first.Length; tap++)
            sum += window[tap] * (first[tap] + (rest * (second[tap] - first[tap])));
        return (short)Math.Clamp(MathF.Round(sum), short.MinValue, short.MaxValue);
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-9 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Window(double x) => Math.Abs(x) >= 1 ? 0 : Bessel(Beta * Math.Sqrt(1 - (x * x))) / Bessel(Beta);

    // The modified Bessel function of order 0 by its series.
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; k < 40; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
