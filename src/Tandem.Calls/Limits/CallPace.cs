using Tandem.Core.Time;

namespace Tandem.Calls.Limits;

/// <summary>
/// How fast new calls may come: a bucket of one second, so that as many may come at once as in a second. With several nodes each fills its own by its share:
/// as much as of all calls that were asked for came here, and at least what the others do not ask for. What the others told is up to an interval old: where calls begin at several nodes at once, each lets through a full bucket and an interval's worth
/// before it knows of the others. Not thread-safe: the owner has a lock.
/// </summary>
internal sealed class CallPace
{
    private double _left = double.MaxValue;
    private Moment _at;
    private int _asked;
    private double _askedBefore;

    /// <summary>Takes a place; false when calls come too fast.</summary>
    /// <param name="most">New calls in a second of all nodes together; 0 for no limit.</param>
    /// <param name="others">What the other nodes told.</param>
    public bool TryTake(int most, in NodeUse others, Moment now)
    {
        _asked++;
        if (most == 0)
            return true;

        var share = Share(most, others);
        _left = Math.Min(Math.Max(1, share), _left + (Math.Max(0, (now - _at).TotalSeconds) * share));
        _at = now;
        if (_left < 1)
            return false;

        _left--;
        return true;
    }

    /// <summary>How many were asked for in a second since this was asked last.</summary>
    /// <param name="seconds">How long ago that was.</param>
    public NodeUse Turn(double seconds)
    {
        _askedBefore = _asked / seconds;
        _asked = 0;
        return new NodeUse(Asked: _askedBefore);
    }

    // Who asks seldom has the share of one call a second: else he would wait for ever beside others who ask for all.
    private double Share(int most, in NodeUse others)
    {
        if (others.Asked <= 0)
            return most;

        var own = Math.Max(1, _askedBefore);
        return Math.Max(most * own / (own + others.Asked), most - others.Asked);
    }
}
