namespace Tandem.Media.Jitter;

/// <summary>
/// Learns from arrival times how long sound must wait. Each packet's transit (arrival less media time) is held against the fastest of the
/// last seconds; the excess goes into a histogram that forgets, and the target is its upper percentile plus one tick, because sound
/// is taken a tick at a time. A slow drift of the sender's clock only moves the fastest transit along. Times in ticks of 100 ns.
/// </summary>
internal sealed class DelayEstimator
{
    private const long Bucket = 5 * TimeSpan.TicksPerMillisecond;
    private const long Tick = 20 * TimeSpan.TicksPerMillisecond;
    private const int Learning = 25;
    private const double Heavy = 1e12;

    private readonly double[] _histogram;
    private readonly double _growth;
    private readonly double _tail;
    private readonly long _window;
    private readonly long _min;
    private readonly long _max;
    private readonly long _initial;
    private double _weight = 1;
    private double _total;
    private int _packets;
    private bool _any;
    private long _fastest;
    private long _fastestBefore;
    private long _windowEnd;
    private long _shiftRest;

    public DelayEstimator(JitterOptions options)
    {
        _min = options.MinMilliseconds * TimeSpan.TicksPerMillisecond;
        _max = options.MaxMilliseconds * TimeSpan.TicksPerMillisecond;
        _initial = options.InitialMilliseconds * TimeSpan.TicksPerMillisecond;
        _window = options.BaseWindowMilliseconds * TimeSpan.TicksPerMillisecond;
        _tail = 1 - options.InTime;
        _growth = 1 / (1 - (1.0 / options.MemoryPackets));
        _histogram = new double[(int)(_max / Bucket) + 1];
        Target = _initial;
    }

    /// <summary>The transit of the fastest packet of the last seconds; 0 before the first.</summary>
    public long Base { get; private set; }

    /// <summary>The delay behind <see cref="Base"/> that suffices for nearly all packets.</summary>
    public long Target { get; private set; }

    /// <summary>Takes in the transit of a packet that came at <paramref name="now"/>.</summary>
    public void Add(long transit, long now)
    {
        Rebase(transit, now);
        Count(transit - Base);
        Target = Wanted();
    }

    /// <summary>Takes in a delay that counts as an arrival without being one: a loss that redundancy repaired.</summary>
    public void AddRepair(long transit)
    {
        Count(transit - Base);
        Target = Wanted();
    }

    private void Rebase(long transit, long now)
    {
        if (!_any)
        {
            _any = true;
            _fastest = _fastestBefore = Base = transit;
            _windowEnd = now + _window;
            return;
        }

        if (now >= _windowEnd)
        {
            _fastestBefore = _fastest;
            _fastest = transit;
            _windowEnd = now + _window;
        }

        _fastest = Math.Min(_fastest, transit);
        var before = Base;
        Base = Math.Min(_fastest, _fastestBefore);

        // The way became longer for good: what was measured against the old base is that much smaller against the new one.
        if (Base > before)
            ShiftDown(Base - before);
    }

    private void ShiftDown(long ticks)
    {
        _shiftRest += ticks;
        var buckets = (int)Math.Min(_shiftRest / Bucket, _histogram.Length - 1);
        _shiftRest %= Bucket;
        if (buckets == 0)
            return;

        for (var i = 1; i <= buckets; i++)
            _histogram[0] += _histogram[i];
        for (var i = 1; i < _histogram.Length; i++)
            _histogram[i] = i + buckets < _histogram.Length ? _histogram[i + buckets] : 0;
    }

    private void Count(long excess)
    {
        var bucket = (int)Math.Clamp(excess / Bucket, 0, _histogram.Length - 1);
        _weight *= _growth;
        _histogram[bucket] += _weight;
        _total += _weight;
        _packets = Math.Min(_packets + 1, Learning);
        if (_weight < Heavy)
            return;

        for (var i = 0; i < _histogram.Length; i++)
            _histogram[i] /= Heavy;
        _total /= Heavy;
        _weight /= Heavy;
    }

    private long Wanted()
    {
        var allowed = _total * _tail;
        var bucket = _histogram.Length - 1;
        for (var above = _histogram[bucket]; above <= allowed && bucket > 0; above += _histogram[bucket])
            bucket--;

        var wanted = ((bucket + 1) * Bucket) + Tick;
        if (_packets < Learning)
            wanted = Math.Max(wanted, _initial);
        return Math.Clamp(wanted, _min, _max);
    }
}
