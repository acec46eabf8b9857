using Tandem.Media.Codecs.Resampling;
using Tandem.Testing;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Codecs;

/// <summary>The way between rates that needs no library.</summary>
public sealed class SincRateChangerTests
{
    public static TheoryData<int, int> Rates => new()
    {
        { 48_000, 8_000 },
        { 8_000, 48_000 },
        { 16_000, 48_000 },
        { 48_000, 16_000 },
        { 24_000, 16_000 },
        { 11_025, 8_000 },
        { 44_100, 48_000 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void A_tone_keeps_its_level_its_pitch_and_its_time(int from, int to)
    {
        var said = WavFile.Tone(1000, TimeSpan.FromSeconds(2), from);
        var heard = Convert(said.Samples, from, to, from / 50);
        Assert.Equal(2 * to, heard.Length);
        var report = ToneMeter.Measure(new WavFile(to, heard), 1000);
        Assert.Equal(1000, report.Hertz, 0.05);
        Assert.Equal(ToneMeter.Measure(said, 1000).LevelDb, report.LevelDb, 0.1);
        Assert.Equal((0, 0), (report.Gaps, report.Jumps));
    }

    [Theory]
    [InlineData(48_000, 8_000, 5_000)]
    [InlineData(48_000, 16_000, 9_000)]
    [InlineData(24_000, 16_000, 9_500)]
    public void What_the_lower_rate_cannot_hold_is_kept_out(int from, int to, int hertz)
    {
        var heard = Convert(WavFile.Tone(hertz, TimeSpan.FromSeconds(1), from).Samples, from, to, from / 50);
        Assert.True(heard.AsSpan(to / 10).ToArray().Max(s => Math.Abs((int)s)) < 20);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Pieces_of_any_length_give_the_same_and_a_reset_begins_anew(int from, int to)
    {
        var said = SpeechLike.Make(from, TimeSpan.FromSeconds(0.5), seed: 2);
        var whole = Convert(said, from, to, said.Length);
        Assert.Equal(whole, Convert(said, from, to, 7));
        Assert.Equal(whole, Convert(said, from, to, 1500));

        using var changer = new SincRateChanger(from, to);
        var again = new short[whole.Length];
        changer.Process(said, again);
        changer.Reset();
        Assert.Equal(whole.Length, changer.Process(said, again));
        Assert.Equal(whole, again);
    }

    [Fact]
    public void Its_delay_is_told()
    {
        using var changer = new SincRateChanger(16_000, 48_000);
        var output = new short[4800];
        var input = new short[1600];
        input[100] = 30_000;
        changer.Process(input, output);
        Assert.Equal(300 + changer.Delay, Array.IndexOf(output, output.Max()), 1.0);
    }

    [Fact]
    public void A_tick_costs_no_allocation()
    {
        using var changer = new SincRateChanger(48_000, 8_000);
        var (input, output) = (new short[960], new short[160]);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 100; i++)
                changer.Process(input, output);
        }));
    }

    private static short[] Convert(short[] samples, int from, int to, int piece)
    {
        using var changer = new SincRateChanger(from, to);
        var result = new short[((long)samples.Length * to / from) + 1];
        var written = 0;
        for (var at = 0; at < samples.Length; at += piece)
            written += changer.Process(samples.AsSpan(at, Math.Min(piece, samples.Length - at)), result.AsSpan(written));
        return result[..written];
    }
}
