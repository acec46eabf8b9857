using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>
/// How far a loop is behind: how long the message that comes now will wait. That is what waits, at the pace of this stretch, and never
/// more than the time since the loop last had nothing left to do. A loop that is busy without rest and keeps up is not behind; and a
/// pause (of the process, or one slow turn) is no backlog: only from <paramref name="floor"/> messages in one stretch on does it say
/// anything.
/// </summary>
internal sealed class BacklogMeter(int floor)
{
    private Moment _caughtUp;
    private int _handled;

    /// <summary>At <paramref name="moment"/> nothing waited.</summary>
    public void CaughtUp(Moment moment)
    {
        _caughtUp = moment;
        _handled = 0;
    }

    /// <summary>A message was handled.</summary>
    public void CountHandled() => _handled++;

    /// <summary>True when there is something to say: before that nobody needs to count what waits.</summary>
    public bool IsBusy => _handled >= floor;

    /// <summary>The lag at <paramref name="now"/>, with <paramref name="waiting"/> messages unread (<see cref="int.MaxValue"/>: nobody knows how many).</summary>
    public TimeSpan Lag(Moment now, int waiting)
    {
        if (!IsBusy)
            return TimeSpan.Zero;

        var stretch = now - _caughtUp;
        var estimate = (double)stretch.Ticks / _handled * waiting;
        return waiting == int.MaxValue || estimate >= stretch.Ticks ? stretch : TimeSpan.FromTicks((long)estimate);
    }
}
