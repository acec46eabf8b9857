using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>
/// How far a loop is behind: the time since it last had nothing left to do, which is the most that a waiting message can have
/// waited. It asks the system for nothing and looks at no message. A pause (of the process, or one slow turn) is no backlog: only
/// from <paramref name="floor"/> messages in one stretch on does it say anything.
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

    /// <summary>The age that the oldest waiting message has at most.</summary>
    public TimeSpan Lag(Moment now) => _handled < floor ? TimeSpan.Zero : now - _caughtUp;
}
