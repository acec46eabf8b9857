namespace Tandem.Media.Playback.Tones;

/// <summary>A sine by recursion, exact enough for hours: two multiplications a sample.</summary>
internal struct Oscillator
{
    private readonly double _coefficient;
    private double _last;
    private double _beforeLast;

    /// <summary>A sine that begins at zero and rises.</summary>
    public Oscillator(double hertz, int sampleRate, double amplitude)
    {
        var step = 2 * Math.PI * hertz / sampleRate;
        _coefficient = 2 * Math.Cos(step);
        _last = 0;
        _beforeLast = -amplitude * Math.Sin(step);
    }

    /// <summary>The value at the next sample.</summary>
    public double Next()
    {
        var value = _last;
        _last = (_coefficient * value) - _beforeLast;
        _beforeLast = value;
        return value;
    }
}
