namespace Tandem.Core.Time;

/// <summary>
/// One timer of a <see cref="TimerWheel"/>. The entry is its own list node: scheduling allocates nothing.
/// Owned by the loop of its wheel.
/// </summary>
public abstract class TimerEntry
{
    internal TimerEntry? Next;
    internal TimerEntry? Previous;
    internal TimerWheel? Wheel;
    internal int Slot = -1;

    /// <summary>When the timer fires; meaningful while <see cref="IsScheduled"/>.</summary>
    public Moment Due { get; internal set; } = Moment.Never;

    /// <summary>True between scheduling and firing or cancelling.</summary>
    public bool IsScheduled => Slot >= 0;

    /// <summary>Runs once on the owner's loop when the timer is due. It may schedule or cancel any entry, this one too.</summary>
    protected internal abstract void OnDue(Moment now);
}
