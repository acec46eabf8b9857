using System.Numerics;

namespace Tandem.Testing.Audio;

/// <summary>How loud one frequency is among others: a tone of a phone in a mix.</summary>
public static class ToneLevel
{
    /// <summary>
    /// The level of a frequency over the whole of <paramref name="wav"/>, dB below full scale, under a Hann window: tones more than a few
    /// hertz away do not reach it.
    /// </summary>
    public static double Of(WavFile wav, double hertz)
    {
        var n = wav.Samples.Length;
        if (n == 0)
            return double.NegativeInfinity;

        var sum = Complex.Zero;
        var weight = 0.0;
        for (var i = 0; i < n; i++)
        {
            var window = 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / n));
            weight += window;
            sum += window * wav.Samples[i] / 32768.0 * Complex.FromPolarCoordinates(1, -2 * Math.PI * hertz * i / wav.SampleRate);
        }

        return 20 * Math.Log10(Math.Max(1e-9, sum.Magnitude * 2 / weight));
    }
}
