namespace Tandem.Testing.Audio;

/// <summary>
/// A sound made like speech, the same every time: syllables of voiced vowels (harmonics of a moving pitch under three formants), hissing
/// consonants between them, pauses, and a floor of quiet noise. It exercises what codecs, detectors and buffers do with speech.
/// </summary>
public static class SpeechLike
{
    // Formants of five vowels, hertz.
    private static readonly double[][] Vowels = [[730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240]];

    /// <summary>Sound of <paramref name="length"/> with peaks near half of full scale.</summary>
    /// <param name="seed">Which speaker says what: another seed, another sentence and pitch.</param>
    public static short[] Make(int sampleRate, TimeSpan length, int seed = 1)
    {
        var random = new Random(seed);
        var samples = new double[(int)(length.TotalSeconds * sampleRate)];
        var pitch = 95 + (random.NextDouble() * 110);
        var phase = 0.0;
        for (var at = 0; at < samples.Length;)
        {
            // A word: one to four syllables, then a pause.
            for (var syllables = random.Next(1, 5); syllables > 0 && at < samples.Length; syllables--)
            {
                at = Hiss(samples, at, sampleRate, random.Next(30, 90), random);
                at = Vowel(samples, at, sampleRate, random.Next(110, 260), Vowels[random.Next(Vowels.Length)], pitch * (0.85 + (0.3 * random.NextDouble())), ref phase);
            }

            at += sampleRate * random.Next(60, 420) / 1000;
        }

        var peak = samples.Length == 0 ? 1 : samples.Max(Math.Abs);
        var result = new short[samples.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = (short)((samples[i] / peak * 15_000) + random.Next(-8, 9));
        return result;
    }

    private static int Vowel(double[] samples, int at, int rate, int milliseconds, double[] formants, double pitch, ref double phase)
    {
        var count = Math.Min(rate * milliseconds / 1000, samples.Length - at);
        var highest = Math.Min(rate / 2 * 0.9, 7000);
        for (var i = 0; i < count; i++)
        {
            var place = (double)i / count;
            var hertz = pitch * (1.05 - (0.1 * place));
            phase += 2 * Math.PI * hertz / rate;
            var sum = 0.0;
            for (var harmonic = 1; harmonic * hertz < highest; harmonic++)
                sum += Gain(harmonic * hertz, formants) * Math.Sin(harmonic * phase);
            samples[at + i] += sum * Math.Sin(Math.PI * place);
        }

        return at + count;
    }

    private static int Hiss(double[] samples, int at, int rate, int milliseconds, Random random)
    {
        var count = Math.Min(rate * milliseconds / 1000, samples.Length - at);
        var before = 0.0;
        for (var i = 0; i < count; i++)
        {
            var noise = (random.NextDouble() * 2) - 1;
            samples[at + i] += 0.5 * (noise - before) * Math.Sin(Math.PI * i / count);
            before = noise;
        }

        return at + count;
    }

    private static double Gain(double hertz, double[] formants)
    {
        var gain = 0.02;
        for (var i = 0; i < formants.Length; i++)
        {
            var distance = (hertz - formants[i]) / (60 + (30 * i));
            gain += 1 / ((1 + (distance * distance)) * (1 + i));
        }

        return gain / (1 + (hertz / 3000));
    }
}
