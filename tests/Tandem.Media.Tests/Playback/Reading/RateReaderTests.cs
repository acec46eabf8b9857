using Tandem.Media.Playback.Sources;
using Tandem.Testing.Audio;

namespace Tandem.Media.Playback.Reading;

public sealed class RateReaderTests
{
    [Theory]
    [InlineData(8_000, 16_000, 8_000)]
    [InlineData(11_025, 16_000, 16_000)]
    [InlineData(16_000, 16_000, 16_000)]
    [InlineData(44_100, 16_000, 16_000)]
    [InlineData(44_100, 48_000, 48_000)]
    [InlineData(16_000, 8_000, 8_000)]
    public void The_lowest_rate_that_holds_the_content_is_taken(int rate, int most, int played) => Assert.Equal(played, RateReader.RateFor(rate, most));

    [Fact]
    public void What_the_lower_rate_cannot_carry_is_kept_out()
    {
        var above = Convert(6_000, 16_000, 8_000);
        Assert.All(above[200..^200], sample => Assert.InRange(sample, -16, 16));
        var below = ToneMeter.Measure(new WavFile(8_000, Convert(3_300, 16_000, 8_000)), 3_300);
        Assert.Equal(20 * Math.Log10(16_000 / 32_768.0), below.LevelDb, 0.5);
    }

    [Fact]
    public void No_image_appears_when_the_rate_rises()
    {
        var samples = Convert(3_000, 8_000, 16_000);
        Assert.True(ToneMeter.Measure(new WavFile(16_000, samples), 5_000).LevelDb < -70);
        Assert.Equal(20 * Math.Log10(16_000 / 32_768.0), ToneMeter.Measure(new WavFile(16_000, samples), 3_000).LevelDb, 0.2);
    }

    [Fact]
    public void Going_to_a_place_gives_the_samples_of_that_place()
    {
        using var reader = RateReader.To(Source(440, 44_100), 16_000);
        var all = Sounds.All(reader, 333);
        foreach (var place in new[] { 0, 1, 159, 5_000, 15_900 })
        {
            reader.Seek(place);
            Assert.Equal(all[place..], Sounds.All(reader, 320));
        }

        reader.Seek(long.MaxValue);
        Assert.Empty(Sounds.All(reader));
    }

    [Fact]
    public void A_constant_stays_a_constant()
    {
        var flat = new SoundClip(Enumerable.Repeat((short)10_000, 5_000).ToArray(), 11_025);
        using var reader = RateReader.To(new ClipReader(flat, ""), 16_000);
        Assert.All(Sounds.All(reader)[100..^100], sample => Assert.InRange(sample, 9_995, 10_005));
    }

    private static ClipReader Source(double hertz, int rate) => new(new SoundClip(WavFile.Tone(hertz, TimeSpan.FromSeconds(1), rate).Samples, rate), "");

    private static short[] Convert(double hertz, int from, int to)
    {
        using var reader = RateReader.To(Source(hertz, from), to);
        return Sounds.All(reader);
    }
}
