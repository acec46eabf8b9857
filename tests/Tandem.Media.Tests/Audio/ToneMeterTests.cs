using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Audio;

/// <summary>The scenarios trust the meter, so it is measured itself.</summary>
public class ToneMeterTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1001.5, 1000)]
    [InlineData(697, 700)]
    public void Finds_the_frequency_within_a_tenth_of_a_hertz(double actual, double expected)
    {
        var report = ToneMeter.Measure(WavFile.Tone(actual, Length), expected);
        Assert.InRange(report.Hertz, actual - 0.1, actual + 0.1);
        Assert.Equal(0, report.Gaps);
        Assert.Equal(0, report.Jumps);
        Assert.InRange(report.LevelDb, -6.5, -6);
        Assert.InRange(report.Heard.TotalSeconds, 2.95, 3.01);
    }

    [Fact]
    public void Counts_a_lost_packet_as_a_gap()
    {
        var wav = WavFile.Tone(1000, Length);
        Array.Clear(wav.Samples, 8000, 160);
        Assert.Equal(1, ToneMeter.Measure(wav, 1000).Gaps);
    }

    [Fact]
    public void Counts_missing_samples_as_a_jump()
    {
        var wav = WavFile.Tone(1000, Length);
        short[] cut = [.. wav.Samples[..8000], .. wav.Samples[8003..]];
        var report = ToneMeter.Measure(wav with { Samples = cut }, 1000);
        Assert.Equal(0, report.Gaps);
        Assert.InRange(report.Jumps, 1, 2);
    }

    [Fact]
    public void Silence_is_no_tone()
    {
        var report = ToneMeter.Measure(new WavFile(8000, new short[8000]), 1000);
        Assert.Equal(TimeSpan.Zero, report.Heard);
    }

    [Fact]
    public void Another_tone_is_not_taken_for_the_expected_one()
    {
        var report = ToneMeter.Measure(WavFile.Tone(700, Length), 1000);
        Assert.True(report.LevelDb < -30 || report.Heard == TimeSpan.Zero);
    }

    [Fact]
    public void A_file_is_read_as_it_was_written()
    {
        var path = Path.Combine(Path.GetTempPath(), $"tandem-{Guid.NewGuid():N}.wav");
        try
        {
            var wav = WavFile.Tone(440, TimeSpan.FromSeconds(1));
            wav.Write(path);
            Assert.Equal(wav.Samples, WavFile.Read(path).Samples);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
