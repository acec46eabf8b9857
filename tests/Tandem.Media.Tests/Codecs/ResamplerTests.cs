using Tandem.Media.Codecs;
using Tandem.Testing;

namespace Tandem.Media.Tests.Codecs;

public class ResamplerTests
{
    public static TheoryData<int, int> Rates
    {
        get
        {
            var data = new TheoryData<int, int>();
            int[] rates = [8000, 16000, 44100, 48000];
            foreach (var from in rates)
            {
                foreach (var to in rates)
                    data.Add(from, to);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Twenty_milliseconds_stay_twenty(int from, int to)
    {
        using var resampler = new Resampler(from, to);
        var input = new short[from / 50];
        var output = new short[resampler.MaxOutput(input.Length)];
        for (var i = 0; i < 50; i++)
            Assert.Equal(to / 50, resampler.Process(input, output));
    }

    // A tone inside the telephone band keeps level and place; the delay is the one that is told.
    [Theory]
    [MemberData(nameof(Rates))]
    public void A_tone_keeps_its_level_and_lags_by_the_delay(int from, int to)
    {
        using var resampler = new Resampler(from, to);
        foreach (var hertz in (int[])[300, 1000, 3000, 3350])
        {
            resampler.Reset();
            var output = Run(resampler, Tone(hertz, 10_000, from));
            double error = 0, signal = 0;
            for (var i = to / 4; i < to * 3 / 4; i++)
            {
                var expected = 10_000 * Math.Sin(2 * Math.PI * hertz * (i - resampler.Delay) / to);
                error += (output[i] - expected) * (output[i] - expected);
                signal += expected * expected;
            }

            // Libspeexdsp tells its delay in whole samples; half a sample at 3.35 kHz and 8 kHz is much, so only our own is held to it.
            if (from == to || from == 2 * to || to == 2 * from)
                Assert.True(10 * Math.Log10(signal / error) > 45, $"{hertz} Hz: {10 * Math.Log10(signal / error):F1} dB");
            Assert.InRange(20 * Math.Log10(Level(output, to) / Level(Tone(hertz, 10_000, from), from)), -1, 0.2);
        }
    }

    // What the lower rate cannot hold is gone, not folded down.
    [Theory]
    [InlineData(16000, 8000, 4700)]
    [InlineData(16000, 8000, 6500)]
    [InlineData(48000, 8000, 5000)]
    [InlineData(48000, 16000, 9000)]
    public void A_tone_above_the_band_is_gone(int from, int to, int hertz)
    {
        using var resampler = new Resampler(from, to);
        var output = Run(resampler, Tone(hertz, 10_000, from));
        Assert.True(Level(output, to) < 10_000 / Math.Sqrt(2) / 1000, $"{20 * Math.Log10(Level(output, to) / 7071):F1} dB");
    }

    // Nothing appears above what the lower rate held.
    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(8000, 48000)]
    public void No_image_of_a_tone_appears(int from, int to)
    {
        using var resampler = new Resampler(from, to);
        var output = Run(resampler, Tone(3000, 10_000, from));
        double real = 0, imaginary = 0;
        for (var i = to / 4; i < to * 3 / 4; i++)
        {
            real += output[i] * Math.Cos(2 * Math.PI * 5000 * i / to);
            imaginary += output[i] * Math.Sin(2 * Math.PI * 5000 * i / to);
        }

        Assert.True(Math.Sqrt((real * real) + (imaginary * imaginary)) * 4 / to < 10, "an image at 5 kHz");
    }

    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(16000, 8000)]
    public void Full_scale_is_clipped_and_does_not_wrap(int from, int to)
    {
        using var resampler = new Resampler(from, to);
        var square = new short[from];
        for (var i = 0; i < square.Length; i++)
            square[i] = i / 40 % 2 == 0 ? short.MaxValue : short.MinValue;
        var output = Run(resampler, square);
        for (var i = 200; i < output.Length; i++)
        {
            var at = (int)((long)(i - resampler.Delay) * from / to);
            if (at % 40 is > 12 and < 28)
                Assert.Equal(square[at] > 0, output[i] > 0);
        }
    }

    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(16000, 8000)]
    [InlineData(48000, 8000)]
    [InlineData(8000, 48000)]
    public void The_size_of_the_pieces_changes_nothing(int from, int to)
    {
        var input = new short[from];
        new Random(7).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(input.AsSpan()));
        using var whole = new Resampler(from, to);
        using var pieces = new Resampler(from, to);
        var expected = new short[whole.MaxOutput(input.Length)];
        var length = whole.Process(input, expected);
        var output = new short[length + 100];
        var written = 0;
        var random = new Random(3);
        for (var at = 0; at < input.Length;)
        {
            var count = Math.Min(random.Next(0, 400), input.Length - at);
            written += pieces.Process(input.AsSpan(at, count), output.AsSpan(written));
            at += count;
        }

        Assert.Equal(length, written);
        Assert.Equal(expected[..length], output[..length]);
    }

    [Fact]
    public void What_was_disposed_starts_anew_for_the_next()
    {
        foreach (var (from, to) in ((int, int)[])[(8000, 16000), (16000, 8000), (48000, 8000)])
        {
            var first = new Resampler(from, to);
            Run(first, Tone(700, 20_000, from));
            first.Dispose();
            first.Dispose();
            using var second = new Resampler(from, to);
            Assert.All(Run(second, new short[from]), s => Assert.Equal(0, s));
            Assert.Throws<ObjectDisposedException>(() => first.Process(new short[160], new short[960]));
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Nothing_is_allocated_after_the_start(int from, int to)
    {
        using var resampler = new Resampler(from, to);
        var input = new short[from / 50];
        var output = new short[resampler.MaxOutput(input.Length)];
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 100; i++)
                resampler.Process(input, output);
        }));
    }

    private static short[] Run(Resampler resampler, short[] input)
    {
        var output = new short[resampler.MaxOutput(input.Length)];
        var written = resampler.Process(input, output);
        return output[..written];
    }

    private static short[] Tone(double hertz, double amplitude, int rate)
    {
        var samples = new short[rate];
        for (var i = 0; i < rate; i++)
            samples[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * i / rate));
        return samples;
    }

    private static double Level(short[] samples, int rate)
    {
        double sum = 0;
        for (var i = rate / 4; i < rate * 3 / 4; i++)
            sum += (double)samples[i] * samples[i];
        return Math.Sqrt(sum / (rate / 2));
    }
}
