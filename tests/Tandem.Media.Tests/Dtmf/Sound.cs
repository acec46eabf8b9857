using Tandem.Core.Time;
using Tandem.Media.Dtmf;

namespace Tandem.Media.Tests.Dtmf;

/// <summary>Sound put together from pieces.</summary>
internal sealed class Sound(int rate, int seed = 1)
{
    private readonly List<short> _samples = [];
    private readonly Random _random = new(seed);

    public Sound Silence(int milliseconds) => Samples(rate * milliseconds / 1000);

    public Sound Samples(int count)
    {
        _samples.AddRange(Enumerable.Repeat((short)0, count));
        return this;
    }

    public Sound Digit(char digit, int milliseconds, double dbm0 = -8)
    {
        var tone = new DtmfToneGenerator();
        Assert.True(tone.Start(digit, milliseconds, rate, dbm0));
        var samples = new short[rate * milliseconds / 1000];
        Assert.Equal(samples.Length, tone.Fill(samples));
        _samples.AddRange(samples);
        return this;
    }

    public Sound Pair(double low, double lowDbm0, double high, double highDbm0, int milliseconds)
    {
        for (var i = 0; i < rate * milliseconds / 1000; i++)
            _samples.Add(Clip((Amplitude(lowDbm0) * Math.Sin(2 * Math.PI * low * i / rate)) + (Amplitude(highDbm0) * Math.Sin(2 * Math.PI * high * i / rate))));
        return this;
    }

    public Sound Noise(double dbm0)
    {
        // Uniform noise of the power of a sine of that level.
        var range = Amplitude(dbm0) / Math.Sqrt(2) * Math.Sqrt(3);
        for (var i = 0; i < _samples.Count; i++)
            _samples[i] = Clip(_samples[i] + (((_random.NextDouble() * 2) - 1) * range));
        return this;
    }

    public Sound Add(Talk talk, double decibels)
    {
        var frame = new short[160];
        var gain = Math.Pow(10, decibels / 20);
        for (var i = 0; i < _samples.Count; i++)
        {
            if (i % 160 == 0)
                talk.Speak(frame);
            _samples[i] = Clip(_samples[i] + (frame[i % 160] * gain));
        }

        return this;
    }

    public short[] ToArray() => [.. _samples];

    public List<DtmfDigit> Detect()
    {
        var detector = new DtmfDetector();
        var found = new List<DtmfDigit>();
        var frame = rate / 50;
        var all = ToArray();
        for (var at = 0; at < all.Length; at += frame)
        {
            detector.Write(all.AsSpan(at, Math.Min(frame, all.Length - at)), rate, Moment.FromMilliseconds(at * 1000L / rate));
            while (detector.TryTake(out var digit))
                found.Add(digit);
        }

        return found;
    }

    private static double Amplitude(double dbm0) => 32767 * Math.Pow(10, (dbm0 - 3.14) / 20);

    private static short Clip(double value) => (short)Math.Clamp(value, short.MinValue, short.MaxValue);
}
