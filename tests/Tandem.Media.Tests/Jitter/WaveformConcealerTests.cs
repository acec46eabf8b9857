using Tandem.Media.Jitter;

namespace Tandem.Media.Tests.Jitter;

/// <summary>Concealment as G.711 Appendix I has it: the pitch goes on, at full level for 10 ms, and is gone after 60.</summary>
public class WaveformConcealerTests
{
    [Theory]
    [InlineData(100, 8000)]
    [InlineData(137, 8000)]
    [InlineData(210, 8000)]
    [InlineData(440, 16_000)]
    [InlineData(300, 48_000)]
    public void A_voice_goes_on_for_ten_milliseconds_and_fades_until_sixty(double hertz, int rate)
    {
        var past = new short[rate / 10];
        Voice(past, hertz, rate, 0);
        var truth = new short[rate / 100];
        Voice(truth, hertz, rate, past.Length);

        var concealer = new WaveformConcealer();
        concealer.Start(past, rate);
        var ten = new short[rate / 100];
        concealer.Fill(ten);
        double noise = 0, signal = 0;
        for (var i = 0; i < ten.Length; i++)
        {
            noise += Math.Pow(ten[i] - truth[i], 2);
            signal += Math.Pow(truth[i], 2);
        }

        Assert.InRange(10 * Math.Log10(signal / noise), 12, double.PositiveInfinity);
        Assert.InRange(Math.Abs(ten[0] - past[^1]), 0, 4000);

        var fading = new short[rate * 55 / 1000];
        concealer.Fill(fading);
        Assert.InRange(Pitch.Level(fading.AsSpan(rate * 38 / 1000, rate / 100)) / Pitch.Level(truth), 0.02, 0.35);
        Assert.True(fading.AsSpan(rate * 51 / 1000).IndexOfAnyExcept((short)0) < 0);
        Assert.False(concealer.IsAudible);
    }

    [Fact]
    public void Silence_is_continued_as_silence()
    {
        var concealer = new WaveformConcealer();
        concealer.Start(new short[800], 8000);
        var samples = new short[160];
        samples.AsSpan().Fill(7);
        concealer.Fill(samples);
        Assert.True(samples.AsSpan().IndexOfAnyExcept((short)0) < 0);
    }

    private static void Voice(Span<short> samples, double hertz, int rate, int from)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            var radians = 2 * Math.PI * hertz * (from + i) / rate;
            samples[i] = (short)(6000 * (Math.Sin(radians) + (0.5 * Math.Sin((2 * radians) + 1)) + (0.25 * Math.Sin((3 * radians) + 2))));
        }
    }
}
