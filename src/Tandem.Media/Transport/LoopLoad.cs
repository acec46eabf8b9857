using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>
/// How much of its time a loop has something to do: all but what it waits for packets or pauses. A loop that others keep from its core counts as busy
/// then, for what it serves is late all the same. Written by the loop, read by anybody.
/// </summary>
internal sealed class LoopLoad
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private Moment _since;
    private TimeSpan _rested;
    private double _busy;

    /// <param name="now">When it begins to count.</param>
    public LoopLoad(Moment now) => _since = now;

    /// <summary>The share of the last second or so, 0 to 1; 0 in the first.</summary>
    public double Busy => Volatile.Read(ref _busy);

    /// <summary>The loop waited so long.</summary>
    public void Rest(TimeSpan duration) => _rested += duration;

    /// <summary>True once a second: <see cref="Busy"/> is that of the second that is over.</summary>
    public bool TryClose(Moment now)
    {
        var passed = now - _since;
        if (passed < Window)
            return false;

        Volatile.Write(ref _busy, Math.Clamp(1 - (_rested / passed), 0, 1));
        (_since, _rested) = (now, TimeSpan.Zero);
        return true;
    }
}
