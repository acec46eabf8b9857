using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Audio;

/// <summary>The quality tests trust the comparison, so it is measured itself: each fault is found, and speech alone is none.</summary>
public class SoundComparisonTests
{
    private const int Rate = 16000;

    private static readonly short[] Speech = SpeechLike.Make(Rate, TimeSpan.FromSeconds(6));

    public static TheoryData<int, int> Speakers => new() { { 8000, 1 }, { 8000, 2 }, { 16000, 3 }, { 16000, 4 }, { 48000, 5 } };

    [Theory]
    [MemberData(nameof(Speakers))]
    public void The_same_sound_has_no_fault(int rate, int seed)
    {
        var speech = SpeechLike.Make(rate, TimeSpan.FromSeconds(5), seed);
        var report = Measure(speech, speech, rate);
        Assert.Equal(TimeSpan.Zero, report.Delay);
        Assert.Equal(1, report.Likeness, 6);
        Assert.Equal(0, report.LevelDb, 6);
        Assert.Equal(0, report.SpectralDistanceDb, 6);
        Assert.Equal(0, report.Gaps);
        Assert.Equal(0, report.Clicks);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(37)]
    [InlineData(8000)]
    [InlineData(-500)]
    public void The_delay_is_found_to_the_sample(int samples)
    {
        var heard = samples >= 0 ? [.. new short[samples], .. Speech] : Speech[-samples..];
        Assert.Equal(samples / (double)Rate, Measure(Speech, heard).Delay.TotalSeconds, 6);
    }

    [Fact]
    public void The_level_is_found()
    {
        var report = Measure(Speech, [.. Speech.Select(s => (short)(s / 2))]);
        Assert.InRange(report.LevelDb, -6.1, -5.9);
        Assert.InRange(report.SpectralDistanceDb, 0, 0.2);
    }

    // A first-order low-pass that takes 10 dB at 3 kHz.
    [Fact]
    public void A_dull_sound_is_far_away()
    {
        var dull = new short[Speech.Length];
        var state = 0.0;
        for (var i = 0; i < dull.Length; i++)
            dull[i] = (short)(state += 0.3 * (Speech[i] - state));
        Assert.InRange(Measure(Speech, dull).SpectralDistanceDb, 2, 8);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(20, 1)]
    [InlineData(10, 1)]
    public void A_hole_is_a_gap(int milliseconds, int gaps)
    {
        var holed = (short[])Speech.Clone();
        Array.Clear(holed, Loudest(Speech), Rate * milliseconds / 1000);
        Assert.Equal(gaps, Measure(Speech, holed).Gaps);
    }

    [Fact]
    public void A_spike_is_a_click()
    {
        var spiked = (short[])Speech.Clone();
        spiked[Loudest(Speech) + 100] = short.MaxValue;
        spiked[30_000] += 6_000;
        Assert.Equal(2, Measure(Speech, spiked).Clicks);
    }

    [Fact]
    public void Samples_left_out_of_a_tone_are_a_click()
    {
        var tone = WavFile.Tone(440, TimeSpan.FromSeconds(2), Rate).Samples;
        short[] cut = [.. tone[..10_000], .. tone[10_020..]];
        var report = SoundComparison.Measure(new WavFile(Rate, tone), new WavFile(Rate, cut), maxDelay: TimeSpan.FromMilliseconds(2));
        Assert.Equal(1, report.Clicks);
    }

    [Fact]
    public void Noise_lowers_the_likeness()
    {
        var random = new Random(1);
        var noisy = Speech.Select(s => (short)Math.Clamp(s + random.Next(-4000, 4000), short.MinValue, short.MaxValue)).ToArray();
        Assert.InRange(Measure(Speech, noisy).Likeness, 0.3, 0.95);
    }

    private static SoundReport Measure(short[] reference, short[] heard, int rate = Rate) =>
        SoundComparison.Measure(new WavFile(rate, reference), new WavFile(rate, heard));

    private static int Loudest(short[] samples)
    {
        double best = 0;
        var place = 0;
        for (var at = Rate; at + (Rate / 20) < samples.Length - Rate; at += 160)
        {
            var sum = samples.AsSpan(at, Rate / 20).ToArray().Sum(s => (double)s * s);
            if (sum > best)
                (best, place) = (sum, at);
        }

        return place + (Rate / 100);
    }
}
