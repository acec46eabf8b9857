namespace Tandem.Media.Jitter;

/// <summary>
/// Noise as a comfort noise payload describes it (RFC 3389 §3): a level and, perhaps, a spectrum as reflection coefficients of an all-pole
/// model. White noise goes through the synthesis lattice; the gain makes the level right whatever the spectrum. A new description is
/// reached gradually, so that it is not heard as a step.
/// </summary>
public sealed class ComfortNoise
{
    /// <summary>Coefficients used; further ones are taken for zero, as §3 allows. Twelve describe a spectrum at 8 kHz more finely than noise needs.</summary>
    public const int MaxOrder = 12;

    private const double Overload = 32767;

    private readonly double[] _reflection = new double[MaxOrder];
    private readonly double[] _state = new double[MaxOrder + 1];
    private uint _seed = 0x2545F491;
    private double _gain;
    private double _targetGain;
    private bool _isFresh = true;

    /// <summary>The level described last, in dB above overload (dBov, never positive); negative infinity before the first.</summary>
    public double LevelDb { get; private set; } = double.NegativeInfinity;

    /// <summary>True once a description came.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Takes in a payload; false when it holds nothing (§3.3: at least the level).</summary>
    public bool Update(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return false;

        LevelDb = -(payload[0] & 0x7F);
        var order = Math.Min(payload.Length - 1, MaxOrder);
        var prediction = 1.0;
        for (var i = 0; i < MaxOrder; i++)
        {
            // §3.2: 258 (N - 127) / 32768; 255 is reserved.
            var k = i < order && payload[i + 1] < 255 ? 258.0 * (payload[i + 1] - 127) / 32768 : 0;
            _reflection[i] = k;
            prediction *= 1 - (k * k);
        }

        // The source is uniform between -1 and 1, a power of one third; an all-pole lattice multiplies the power of white noise by the product of 1 / (1 - k²).
        var level = Overload * Math.Pow(10, LevelDb / 20);
        _targetGain = level * Math.Sqrt(3 * prediction);
        if (_isFresh)
        {
            _gain = _targetGain;
            _isFresh = false;
        }

        IsKnown = true;
        return true;
    }

    /// <summary>Makes noise; silence before the first description.</summary>
    public void Fill(Span<short> samples)
    {
        if (!IsKnown)
        {
            samples.Clear();
            return;
        }

        for (var i = 0; i < samples.Length; i++)
        {
            _gain += (_targetGain - _gain) / 256;
            samples[i] = (short)Math.Clamp(Filter(White() * _gain), short.MinValue, short.MaxValue);
        }
    }

    /// <summary>Forgets the description.</summary>
    public void Reset()
    {
        IsKnown = false;
        _isFresh = true;
        LevelDb = double.NegativeInfinity;
        Array.Clear(_state);
    }

    // The synthesis lattice: f(m-1) = f(m) - k(m) b(m-1)[n-1], b(m) = k(m) f(m-1) + b(m-1)[n-1].
    private double Filter(double forward)
    {
        for (var m = MaxOrder - 1; m >= 0; m--)
        {
            var k = _reflection[m];
            forward -= k * _state[m];
            _state[m + 1] = (k * forward) + _state[m];
        }

        _state[0] = forward;
        return forward;
    }

    // Uniform between -1 and 1 (xorshift): its sum in the filter is as good as Gaussian to the ear, and the same every time for tests.
    private double White()
    {
        _seed ^= _seed << 13;
        _seed ^= _seed >> 17;
        _seed ^= _seed << 5;
        return (int)_seed / 2147483648.0;
    }
}
