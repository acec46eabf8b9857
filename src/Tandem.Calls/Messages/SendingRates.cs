using Tandem.Calls.Registrar;
using Tandem.Core.Time;

namespace Tandem.Calls.Messages;

/// <summary>
/// How many messages each extension may still send: a bucket that fills in a minute. Shared by the shards, one short lock; there are at
/// most as many buckets as extensions, and full ones are thrown away when there are many.
/// </summary>
internal sealed class SendingRates(int perMinute)
{
    private const int FirstSweep = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<AorKey, (double Left, Moment At)> _buckets = [];
    private int _sweepAt = FirstSweep;

    /// <summary>Extensions that have sent something lately.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _buckets.Count;
        }
    }

    /// <summary>Takes one message; false when the extension has used up its share.</summary>
    public bool TryTake(AorKey sender, Moment now)
    {
        if (perMinute <= 0)
            return true;

        lock (_lock)
        {
            var left = Left(sender, now);
            if (left < 1)
                return false;

            if (_buckets.Count >= _sweepAt)
                Sweep(now);
            _buckets[sender] = (left - 1, now);
            return true;
        }
    }

    private double Left(AorKey sender, Moment now) =>
        _buckets.TryGetValue(sender, out var bucket) ? Math.Min(perMinute, bucket.Left + ((now - bucket.At).TotalMinutes * perMinute)) : perMinute;

    private void Sweep(Moment now)
    {
        foreach (var key in _buckets.Keys.ToArray())
        {
            if (Left(key, now) >= perMinute)
                _buckets.Remove(key);
        }

        // Twice what is left: a sweep costs each sender of the time between about two looks.
        _sweepAt = Math.Max(FirstSweep, _buckets.Count * 2);
    }
}
