using Tandem.Core.Time;

namespace Tandem.Media.Ice;

/// <summary>A token bucket: so many a second, and as many at once.</summary>
internal struct RateBound
{
    private double _used;
    private long _last;

    /// <summary>Takes one; false when there is none left.</summary>
    public bool Take(int perSecond, Moment now)
    {
        var elapsed = Math.Max(0, now.Ticks - _last);
        _last = now.Ticks;
        _used = Math.Max(0, _used - ((double)elapsed / TimeSpan.TicksPerSecond * perSecond));
        if (_used + 1 > perSecond)
            return false;

        _used++;
        return true;
    }
}
