using Tandem.Testing.Audio;

namespace Tandem.Media.Playback.Tones;

public sealed class ToneTests
{
    [Theory]
    [InlineData("440+480/2000,0/4000", 2)]
    [InlineData("425", 1)]
    [InlineData(" 400*16.5/1000 , 0/2000 ", 2)]
    public void Patterns_are_read(string text, int segments)
    {
        Assert.Equal(segments, ToneCadence.Parse(text, out var error)!.Segments.Length);
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("440/0")]
    [InlineData("440/-5")]
    [InlineData("440/120001")]
    [InlineData("5/100")]
    [InlineData("4000/100")]
    [InlineData("440+/100")]
    [InlineData("0+440/100")]
    [InlineData("440+0/100")]
    [InlineData("440+480+500/100")]
    [InlineData("NaN/100")]
    [InlineData("1e3/100")]
    [InlineData("425/100,")]
    public void What_is_no_pattern_is_named(string text)
    {
        Assert.Null(ToneCadence.Parse(text, out var error));
        Assert.Contains("440+480/2000", error);
    }

    [Fact]
    public void The_length_of_a_pattern_is_bounded()
    {
        Assert.NotNull(ToneCadence.Parse(string.Join(',', Enumerable.Repeat("425/10", 32)), out _));
        Assert.Null(ToneCadence.Parse(string.Join(',', Enumerable.Repeat("425/10", 33)), out var error));
        Assert.Contains("at most 32", error);
    }

    [Fact]
    public void The_table_has_many_countries_and_each_has_every_tone()
    {
        Assert.True(ToneTable.All.Count >= 30, $"{ToneTable.All.Count}");
        Assert.Same(ToneTable.Find("GB"), ToneTable.Find("uk"));
        Assert.Null(ToneTable.Find("xx"));
        foreach (var country in ToneTable.All)
        {
            var tones = ToneTable.Find(country)!;
            Assert.Matches("^[a-z]{2}$", tones.Country);
            foreach (var kind in Enum.GetValues<ToneKind>())
            {
                Assert.False(tones[kind].Segments[0].IsPause, $"{country} {kind} begins with a pause");

                // E.180: all but the dial tone come and go.
                Assert.True(kind == ToneKind.Dial || tones[kind].Segments.Any(segment => segment.IsPause), $"{country} {kind} never pauses");
                Assert.True(tones[kind].Segments.Length == 1 || tones[kind].Segments.All(segment => segment.Milliseconds > 0), $"{country} {kind} has a segment without end");
            }
        }
    }

    // Lengths to the sample, whatever is read at a time; three rounds, so that nothing adds up.
    [Theory]
    [InlineData("us", ToneKind.Ringback, 8_000, 160)]
    [InlineData("us", ToneKind.Busy, 16_000, 320)]
    [InlineData("gb", ToneKind.Congestion, 8_000, 77)]
    [InlineData("be", ToneKind.Congestion, 48_000, 960)]
    [InlineData("de", ToneKind.CallWaiting, 8_000, 1)]
    [InlineData("it", ToneKind.Dial, 8_000, 160)]
    public void The_cadence_is_exact(string country, ToneKind kind, int rate, int step)
    {
        var cadence = ToneTable.Find(country)![kind];
        var samples = Play(new ToneSource(cadence, rate, times: 3), step);
        Assert.Equal(3 * cadence.Segments.Sum(segment => segment.Milliseconds) * rate / 1_000, samples.Length);
        var at = 0;
        for (var round = 0; round < 3; round++)
        {
            foreach (var segment in cadence.Segments)
            {
                var piece = samples.AsSpan(at, segment.Milliseconds * rate / 1_000);
                at += piece.Length;
                Assert.Equal(segment.IsPause, piece.IndexOfAnyExcept((short)0) < 0);

                // A tone is there from its first moment to its last.
                if (!segment.IsPause)
                {
                    Assert.True(piece[..(rate / 100)].IndexOfAnyExceptInRange((short)-200, (short)200) >= 0, "it begins late");
                    Assert.True(piece[^(rate / 100)..].IndexOfAnyExceptInRange((short)-200, (short)200) >= 0, "it ends early");
                }
            }
        }
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(-20)]
    public void Frequency_and_level_are_exact(double level)
    {
        var samples = new short[8_000 * 5];
        Assert.Equal(samples.Length, new ToneSource(ToneTable.Find("de")!.Dial, 8_000, level).Read(samples));
        var tone = ToneMeter.Measure(new WavFile(8_000, samples), 425);
        Assert.Equal(425, tone.Hertz, 0.05);
        Assert.Equal(level - 3.17, tone.LevelDb, 0.1);
        Assert.Equal((0, 0), (tone.Gaps, tone.Jumps));
    }

    [Fact]
    public void Two_frequencies_share_the_level()
    {
        var samples = new short[8_000];
        new ToneSource(ToneTable.Find("us")!.Dial, 8_000).Read(samples);
        foreach (var hertz in new[] { 350.0, 440.0 })
            Assert.Equal(-10 - 3.17 - 3.01, ToneMeter.Measure(new WavFile(8_000, samples), hertz).LevelDb, 1.5);
        var power = 10 * Math.Log10(samples.Average(sample => (double)sample * sample) / (32_768.0 * 32_768 / 2));
        Assert.Equal(-10 - 3.17, power, 0.1);
    }

    [Fact]
    public void A_modulated_tone_swells_and_fades()
    {
        var samples = new short[16_000];
        new ToneSource(ToneTable.Find("in")!.Dial, 16_000).Read(samples);

        // 400 Hz with 25: the loudness of 5 ms goes up and down 25 times a second.
        var loudness = samples.Chunk(80).Select(block => Math.Sqrt(block.Average(sample => (double)sample * sample))).ToArray();
        Assert.True(loudness.Max() > 5 * loudness.Min());
        var mean = loudness.Average();
        var rises = 0;
        for (var i = 1; i < loudness.Length; i++)
            rises += loudness[i - 1] < mean && loudness[i] >= mean ? 1 : 0;
        Assert.Equal(25, rises, 1.0);
        Assert.True(samples.Max() < short.MaxValue);
    }

    [Fact]
    public void Without_an_end_it_does_not_end()
    {
        var source = new ToneSource(ToneTable.Find("us")!.Busy, 8_000);
        var frame = new short[160];
        for (var i = 0; i < 10_000; i++)
            Assert.Equal(160, source.Read(frame));
    }

    private static short[] Play(ToneSource source, int step)
    {
        var all = new List<short>();
        var frame = new short[step];
        int count;
        do
        {
            count = source.Read(frame);
            all.AddRange(frame.AsSpan(0, count));
        }
        while (count == step);

        return [.. all];
    }
}
