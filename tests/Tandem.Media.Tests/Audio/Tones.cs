using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Audio;

/// <summary>Tones, their levels, and the formats that tests use.</summary>
internal static class Tones
{
    public static PayloadFormat Pcmu { get; } = new(0, CodecCatalog.Find("PCMU", 8000)!);

    public static PayloadFormat Pcma { get; } = new(8, CodecCatalog.Find("PCMA", 8000)!);

    public static PayloadFormat G722 { get; } = new(9, CodecCatalog.Find("G722", 8000)!);

    public static PayloadFormat Linear16 { get; } = new(97, CodecCatalog.Find("L16", 16000)!);

    public static PayloadFormat Opus { get; } = new(111, CodecCatalog.Find("opus", 48000, 2)!);

    public static PayloadFormat Gsm { get; } = new(3, CodecCatalog.Find("GSM", 8000)!);

    /// <summary>The level of one frequency, dB below full scale: -6 is a sine of half amplitude; -120 is nothing.</summary>
    public static double Level(WavFile wav, double hertz) => Math.Max(-120, ToneLevel.Of(wav, hertz));

    /// <summary>The largest step between two samples, from one moment on.</summary>
    public static int LargestStep(WavFile wav, int fromMilliseconds = 0)
    {
        var largest = 0;
        for (var i = Math.Max(1, fromMilliseconds * wav.SampleRate / 1000); i < wav.Samples.Length; i++)
            largest = Math.Max(largest, Math.Abs(wav.Samples[i] - wav.Samples[i - 1]));
        return largest;
    }
}

/// <summary>A tone as a source; it counts how often it is disposed of.</summary>
internal sealed class ToneSource(double hertz, int milliseconds, int rate = 16000, int amplitude = 8000) : IAudioSource
{
    private int _at;

    public int SampleRate => rate;

    public int Disposed { get; private set; }

    public bool Throws { get; set; }

    public int Read(Span<short> samples)
    {
        // Assertions allocate, and ticks are measured.
        if (Disposed > 0)
            Assert.Fail("read after it was disposed of");
        if (Throws)
            throw new InvalidOperationException("a source that fails");

        var left = (int)(milliseconds * (long)rate / 1000) - _at;
        var count = Math.Min(left, samples.Length);
        for (var i = 0; i < count; i++)
            samples[i] = (short)(amplitude * Math.Sin(2 * Math.PI * hertz * (_at + i) / rate));
        _at += count;
        return count;
    }

    public void Dispose() => Disposed++;
}

/// <summary>A tap that keeps both channels.</summary>
internal sealed class KeepingTap : IAudioTap
{
    private readonly List<short> _a = [];
    private readonly List<short> _b = [];

    public int Disposed { get; private set; }

    public int Rate { get; private set; }

    public WavFile A => new(Rate, [.. _a]);

    public WavFile B => new(Rate, [.. _b]);

    public void Write(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int sampleRate, Core.Time.Moment at)
    {
        Assert.Equal(0, Disposed);
        Assert.Equal(sampleRate / 50, a.Length);
        if (Rate != sampleRate)
        {
            _a.Clear();
            _b.Clear();
        }

        Rate = sampleRate;
        _a.AddRange(a);
        _b.AddRange(b);
    }

    public void Dispose() => Disposed++;
}
