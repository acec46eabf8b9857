using Tandem.Media.Jitter;

namespace Tandem.Media.Tests.Jitter;

public class TimeScalerTests
{
    [Theory]
    [InlineData(100, 8000)]
    [InlineData(440, 8000)]
    [InlineData(1000, 16_000)]
    [InlineData(333, 48_000)]
    public void A_period_more_or_less_is_not_heard(double hertz, int rate)
    {
        var sound = Listening.Sine(hertz, rate: rate);
        var samples = Enumerable.Range(0, rate / 20).Select(n => sound(n)).ToArray();
        var shorter = samples.ToArray();
        var removed = TimeScaler.Shorten(shorter, rate, 0.9);
        Assert.InRange(removed, rate / 400, rate * 15 / 1000);
        Assert.InRange(LargestStep(shorter.AsSpan(0, shorter.Length - removed)), 0, LargestStep(samples) * 1.15);
        Assert.Equal(samples[0], shorter[0], 200.0);

        var inserted = new short[rate * 15 / 1000];
        var at = rate / 40;
        var added = TimeScaler.Lengthen(samples, at, rate, 0.9, inserted);
        Assert.InRange(added, rate / 400, rate * 15 / 1000);
        Assert.InRange(LargestStep([.. samples[..at], .. inserted[..added], .. samples[at..]]), 0, LargestStep(samples) * 1.15);
    }

    [Fact]
    public void Noise_does_not_suit_and_is_left_alone()
    {
        var random = new Random(1);
        var samples = Enumerable.Range(0, 400).Select(_ => (short)random.Next(-9000, 9000)).ToArray();
        Assert.Equal(0, TimeScaler.Shorten(samples.ToArray(), 8000, 0.9));
        Assert.Equal(0, TimeScaler.Lengthen(samples, 200, 8000, 0.9, new short[120]));
    }

    [Fact]
    public void Silence_gives_any_length() => Assert.Equal(80, TimeScaler.Shorten(new short[400], 8000, 0.9));

    private static double LargestStep(ReadOnlySpan<short> samples)
    {
        var largest = 0;
        for (var i = 1; i < samples.Length; i++)
            largest = Math.Max(largest, Math.Abs(samples[i] - samples[i - 1]));
        return largest;
    }
}
