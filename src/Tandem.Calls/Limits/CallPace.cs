using Tandem.Core.Time;

namespace Tandem.Calls.Limits;

/// <summary>
/// How fast new calls may come: a bucket of one second, so that as many may come at once as in a second. With several nodes each fills its own by its share:
/// an equal part, and of what others leave of theirs an equal part again, so that no flood at one node takes it from the others. What the others told is up to an interval old: where calls begin at several nodes at once, each lets through a full bucket and an interval's worth
/// before it knows of the others. Not thread-safe: the owner has a lock.
/// </summary>
internal sealed class CallPace
{
    private double _left = double.MaxValue;
    private Moment _at;
    private int _asked;

    /// <summary>Takes a place; false when calls come too fast.</summary>
    /// <param name="most">New calls in a second of all nodes together; 0 for no limit.</param>
    /// <param name="others">New calls in a second that were asked for at each of the other nodes, ascending.</param>
    public bool TryTake(int most, ReadOnlySpan<double> others, Moment now)
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

    /// <summary>How many were asked for in a second since this was asked last, the refused ones included.</summary>
    /// <param name="seconds">How long ago that was.</param>
    public NodeUse Turn(double seconds)
    {
        var asked = _asked / seconds;
        _asked = 0;
        return new NodeUse(Asked: asked);
    }

    // Who asks for less than an equal part of what is left has what he asks for; the rest have equal parts, and this node always: it may want it any moment.
    private static double Share(int most, ReadOnlySpan<double> others)
    {
        var left = (double)most;
        for (var i = 0; i < others.Length; i++)
        {
            var part = left / (others.Length - i + 1);
            if (others[i] >= part)
                return part;

            left -= others[i];
        }

        return left;
    }
}
