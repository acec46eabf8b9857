namespace Tandem.Media.Jitter;

/// <summary>
/// Conceals lost sound by repeating the last pitch period (as ITU-T G.711 Appendix I does, without its delay of 3.75 ms): one period for
/// 10 ms, two for the next 10 ms, then three, so that it does not buzz; fading from 10 ms on, silent after 60 ms. Also makes the few
/// milliseconds of continuation that blend one piece of sound into another.
/// </summary>
internal sealed class WaveformConcealer
{
    /// <summary>History that it reads, milliseconds: three of the longest periods and a quarter.</summary>
    public const int HistoryMilliseconds = 50;

    private const int MinLagMilliseconds = 5;
    private const int MaxLagMilliseconds = 15;
    private const int WindowMilliseconds = 20;
    private const int FullMilliseconds = 10;
    private const int SilentMilliseconds = 60;

    private short[] _past = [];
    private int _count;
    private int _rate;
    private int _lag;
    private int _quarter;
    private int _elapsed;
    private double _step;

    /// <summary>True from <see cref="Start"/> until <see cref="Stop"/>.</summary>
    public bool IsActive { get; private set; }

    /// <summary>True while it has not faded away.</summary>
    public bool IsAudible => IsActive && _elapsed < _rate * SilentMilliseconds / 1000;

    /// <summary>The pitch period found, samples.</summary>
    public int Period => _lag;

    /// <summary>Begins at the end of <paramref name="history"/> (at least 50 ms at <paramref name="rate"/> Hz).</summary>
    public void Start(ReadOnlySpan<short> history, int rate)
    {
        _count = rate * HistoryMilliseconds / 1000;
        if (_past.Length < _count)
            _past = new short[_count];

        history = history[^_count..];
        history.CopyTo(_past);
        _rate = rate;
        _elapsed = 0;
        IsActive = true;
        _lag = Pitch.Lag(history, rate, rate * WindowMilliseconds / 1000, rate * MinLagMilliseconds / 1000, rate * MaxLagMilliseconds / 1000, out _);
        _quarter = _lag / 4;

        // The period does not join the last sample exactly: the step is taken out over a quarter of a period.
        _step = _past[_count - 1] - _past[_count - 1 - _lag];
    }

    /// <summary>The next samples of the continuation.</summary>
    public void Fill(Span<short> samples)
    {
        var ten = _rate / 100;
        var full = _rate * FullMilliseconds / 1000;
        var silent = _rate * SilentMilliseconds / 1000;
        for (var i = 0; i < samples.Length; i++, _elapsed++)
        {
            if (_elapsed >= silent)
            {
                samples[i..].Clear();
                _elapsed += samples.Length - i;
                return;
            }

            var periods = Math.Min(1 + (_elapsed / ten), 3);
            double value = At(periods, _elapsed);
            var sinceChange = _elapsed - ((periods - 1) * ten);
            if (periods > 1 && sinceChange < _quarter)
            {
                var weight = (sinceChange + 1.0) / (_quarter + 1);
                value = (value * weight) + (At(periods - 1, _elapsed) * (1 - weight));
            }

            if (_elapsed < _quarter)
                value += _step * (1 - ((double)_elapsed / _quarter));
            if (_elapsed > full)
                value *= 1 - ((double)(_elapsed - full) / (silent - full));
            samples[i] = (short)Math.Clamp(value, short.MinValue, short.MaxValue);
        }
    }

    /// <summary>What <see cref="Fill"/> would give next.</summary>
    public void Peek(Span<short> samples)
    {
        var elapsed = _elapsed;
        Fill(samples);
        _elapsed = elapsed;
    }

    /// <summary>Ends the concealment: sound is here again.</summary>
    public void Stop() => IsActive = false;

    // Sample n of a signal that repeats the last `periods` periods; its end is blended into what lies before its beginning, so that it closes.
    private double At(int periods, int n)
    {
        var length = periods * _lag;
        var begin = _count - length;
        var index = n % length;
        double value = _past[begin + index];
        var intoBlend = index - (length - _quarter);
        if (intoBlend < 0)
            return value;

        var weight = (intoBlend + 1.0) / (_quarter + 1);
        return (value * (1 - weight)) + (_past[begin - _quarter + intoBlend] * weight);
    }
}
