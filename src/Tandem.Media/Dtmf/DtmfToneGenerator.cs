namespace Tandem.Media.Dtmf;

/// <summary>
/// Makes the two tones of a digit (ITU-T Q.23), continuous over any frames, with ramps so that they do not click. No allocation.
/// </summary>
public sealed class DtmfToneGenerator
{
    /// <summary>Length of each ramp, milliseconds: short against the shortest digit, long enough to make no click.</summary>
    private const double RampMilliseconds = 2;

    /// <summary>The root mean square of 0 dBm0 relative to that of full scale: a sine of 3.14 dBm0 (A-law, µ-law 3.17) fills the scale (G.711).</summary>
    private const double FullScaleDbm0 = 3.14;

    private double _lowStep;
    private double _highStep;
    private double _lowPhase;
    private double _highPhase;
    private double _lowAmplitude;
    private double _highAmplitude;
    private int _at;
    private int _length;
    private int _ramp;

    /// <summary>Samples are left.</summary>
    public bool IsActive => _at < _length;

    /// <summary>Begins a digit; false when it has no tones.</summary>
    /// <param name="digit">0 to 9, *, #, A to D.</param>
    /// <param name="milliseconds">How long, at least 1.</param>
    /// <param name="sampleRate">Hertz.</param>
    /// <param name="lowDbm0">Level of the low tone, dBm0. Default -8: phones send -6 to -10 (Q.23, ETSI ES 201 235-2).</param>
    /// <param name="twistDb">How much louder the high tone is, dB. Default 2: lines lose more of it.</param>
    public bool Start(char digit, int milliseconds, int sampleRate, double lowDbm0 = -8, double twistDb = 2)
    {
        _at = _length = 0;
        if (milliseconds < 1 || sampleRate < 1 || !DtmfDigits.TryTones(digit, out var low, out var high))
            return false;

        _lowStep = 2 * Math.PI * low / sampleRate;
        _highStep = 2 * Math.PI * high / sampleRate;
        _lowPhase = _highPhase = 0;
        _lowAmplitude = Amplitude(lowDbm0);
        _highAmplitude = Amplitude(lowDbm0 + twistDb);
        _length = (int)Math.Min((long)milliseconds * sampleRate / 1000, int.MaxValue);
        _ramp = Math.Max(1, Math.Min((int)(sampleRate * RampMilliseconds / 1000), _length / 2));
        return true;
    }

    /// <summary>Fills <paramref name="samples"/> with the tone and, behind its end, with silence. Returns the samples of tone.</summary>
    public int Fill(Span<short> samples)
    {
        var count = Math.Min(samples.Length, _length - _at);
        for (var i = 0; i < count; i++, _at++)
        {
            var ramp = Math.Min(1.0, Math.Min(_at + 1, _length - _at) / (double)_ramp);
            var value = ramp * ((_lowAmplitude * Math.Sin(_lowPhase)) + (_highAmplitude * Math.Sin(_highPhase)));
            samples[i] = (short)Math.Clamp(value, short.MinValue, short.MaxValue);
            _lowPhase += _lowStep;
            _highPhase += _highStep;
        }

        samples[count..].Clear();
        return count;
    }

    private static double Amplitude(double dbm0) => 32767 * Math.Pow(10, (dbm0 - FullScaleDbm0) / 20);
}
