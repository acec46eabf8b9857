using Tandem.Core.Time;
using Tandem.Media.Dtmf;
using Tandem.Testing;

namespace Tandem.Media.Tests.Dtmf;

/// <summary>The detector against ITU-T Q.24 and against sound that is no digit.</summary>
public class DtmfDetectorTests
{
    private const string All = "1234567890*#ABCD";

    [Theory]
    [InlineData(8000)]
    [InlineData(16_000)]
    [InlineData(48_000)]
    public void Every_digit_is_found_once_at_every_rate(int rate)
    {
        var sound = new Sound(rate).Silence(100);
        foreach (var digit in All)
            sound.Digit(digit, 60).Silence(60);

        var found = sound.Detect();
        Assert.Equal(All, Text(found));
        Assert.All(found, d => Assert.InRange(d.DurationMs, 50, 75));
        for (var i = 0; i < found.Count; i++)
            Assert.InRange(found[i].Start.Milliseconds, 90 + (i * 120), 110 + (i * 120));
    }

    // Q.24 Table A-1: 40 ms are a digit, 20 to 23 ms are none; 40 ms of pause divide two, 10 ms of interruption do not. At every alignment to the blocks.
    [Theory]
    [InlineData(40, 40, 1, 2)]
    [InlineData(23, 60, 0, 0)]
    [InlineData(100, 10, 1, 1)]
    [InlineData(5000, 100, 1, 2)]
    public void Lengths_of_tone_and_pause(int tone, int pause, int single, int twice)
    {
        for (var offset = 0; offset < 51; offset++)
        {
            Assert.Equal(single, new Sound(8000).Silence(50).Samples(offset).Digit('5', tone).Silence(100).Detect().Count);
            Assert.Equal(twice, new Sound(8000).Silence(50).Samples(offset).Digit('5', tone).Silence(pause).Digit('5', tone).Silence(100).Detect().Count);
        }
    }

    // Q.24: operates to 1.5 %, does not from 3.5 % on.
    [Theory]
    [InlineData(0.985, true)]
    [InlineData(1.015, true)]
    [InlineData(0.965, false)]
    [InlineData(1.035, false)]
    public void Frequency_tolerance(double factor, bool isDigit)
    {
        foreach (var digit in All)
        {
            DtmfDigits.TryTones(digit, out var low, out var high);
            Assert.Equal(isDigit ? digit.ToString() : "", Text(new Sound(8000).Pair(low * factor, -8, high, -6, 80).Silence(80).Detect()));
            Assert.Equal(isDigit ? digit.ToString() : "", Text(new Sound(8000).Pair(low, -8, high * factor, -6, 80).Silence(80).Detect()));
        }
    }

    // Q.24: levels down to -25 dBm0, twist 4 dB up and 8 dB down; far beyond it is none.
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(-3, -3, true)]
    [InlineData(-25, -25, true)]
    [InlineData(-35, -35, true)]
    [InlineData(-20, -16, true)]
    [InlineData(-12, -20, true)]
    [InlineData(-20, -9, false)]
    [InlineData(-8, -21, false)]
    [InlineData(-55, -55, false)]
    public void Level_and_twist(double low, double high, bool isDigit)
    {
        foreach (var digit in All)
        {
            DtmfDigits.TryTones(digit, out var lowHertz, out var highHertz);
            Assert.Equal(isDigit ? digit.ToString() : "", Text(new Sound(8000).Pair(lowHertz, low, highHertz, high, 80).Silence(80).Detect()));
        }
    }

    // Noise 15 dB below the digit, as a bad line has it.
    [Fact]
    public void Digits_in_noise()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var sound = new Sound(8000, seed).Silence(50);
            foreach (var digit in All)
                sound.Digit(digit, 50).Silence(50);
            Assert.Equal(All, Text(sound.Noise(-20).Detect()));
        }
    }

    [Fact]
    public void Digits_that_follow_each_other_without_pause() =>
        Assert.Equal("12", Text(new Sound(8000).Digit('1', 100).Digit('2', 100).Silence(100).Detect()));

    [Fact]
    public void Other_tones_are_no_digits()
    {
        foreach (var (low, high) in new[] { (350, 440), (440, 480), (480, 620), (425, 425), (697, 770), (1209, 1336), (1100, 2100), (950, 1400), (697, 697), (1633, 1633) })
            Assert.Empty(new Sound(8000).Pair(low, -10, high, -10, 2000).Silence(100).Detect());
    }

    // Talk-off: half an hour of sound like voices and a quarter of an hour like music, in which there is no digit. The standard tapes are not
    // free; Talk describes what stands for them. Bellcore allows 30 hits in the half hour of its tape.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Talk_is_not_taken_for_digits(int seed)
    {
        var talk = new Talk(seed);
        Assert.Equal(0, Hits(10, talk.Speak));
        Assert.InRange(Hits(5, talk.Sing), 0, 2);
    }

    // A digit pressed while somebody talks, 12 dB below.
    [Fact]
    public void Digits_are_found_in_talk()
    {
        var found = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            var sound = new Sound(8000, seed).Silence(100);
            foreach (var digit in All)
                sound.Digit(digit, 100, -6).Silence(100);
            found += Text(sound.Add(new Talk(seed), -30).Detect()).Count(c => All.Contains(c));
        }

        Assert.InRange(found, 50 * 16 * 0.95, 50 * 16);
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        var sound = new Sound(48_000).Silence(20);
        foreach (var digit in All)
            sound.Digit(digit, 60).Silence(60);
        sound.Detect();
        var samples = sound.ToArray();
        var detector = new DtmfDetector();

        var count = 0;
        Assert.Equal(0, Garbage.Of(() =>
        {
            count = 0;
            detector.Write(samples, 48_000, default);
            detector.WriteSilence(100, default);
            while (detector.TryTake(out _))
                count++;
        }));
        Assert.Equal(16, count);
    }

    private delegate void Sing(Span<short> frame);

    private static int Hits(int minutes, Sing sing)
    {
        var detector = new DtmfDetector();
        var frame = new short[160];
        var hits = 0;
        for (var i = 0; i < minutes * 60 * 50; i++)
        {
            sing(frame);
            detector.Write(frame, 8000, Moment.FromMilliseconds(i * 20));
            while (detector.TryTake(out _))
                hits++;
        }

        return hits;
    }

    private static string Text(IEnumerable<DtmfDigit> digits) => string.Concat(digits.Select(d => d.Digit));
}
