namespace Tandem.Core.Time;

/// <summary>
/// A point on the monotonic clock, in ticks of 100 ns since an arbitrary origin. Engines receive it as an
/// argument; only drivers make one from a clock.
/// </summary>
public readonly record struct Moment(long Ticks) : IComparable<Moment>
{
    /// <summary>The origin of the clock.</summary>
    public static readonly Moment Zero = new(0);

    /// <summary>A deadline that never comes.</summary>
    public static readonly Moment Never = new(long.MaxValue);

    /// <summary>Whole milliseconds since the origin.</summary>
    public long Milliseconds => Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>The moment that lies <paramref name="milliseconds"/> after the origin.</summary>
    public static Moment FromMilliseconds(long milliseconds) => new(milliseconds * TimeSpan.TicksPerMillisecond);

    public static Moment operator +(Moment moment, TimeSpan span) =>
        span.Ticks >= long.MaxValue - moment.Ticks ? Never : new(moment.Ticks + span.Ticks);

    public static Moment operator -(Moment moment, TimeSpan span) => new(moment.Ticks - span.Ticks);

    public static TimeSpan operator -(Moment left, Moment right) => new(left.Ticks - right.Ticks);

    public static bool operator <(Moment left, Moment right) => left.Ticks < right.Ticks;

    public static bool operator >(Moment left, Moment right) => left.Ticks > right.Ticks;

    public static bool operator <=(Moment left, Moment right) => left.Ticks <= right.Ticks;

    public static bool operator >=(Moment left, Moment right) => left.Ticks >= right.Ticks;

    /// <summary>The earlier of two moments.</summary>
    public static Moment Earlier(Moment left, Moment right) => left.Ticks <= right.Ticks ? left : right;

    public int CompareTo(Moment other) => Ticks.CompareTo(other.Ticks);

    public override string ToString() => this == Never ? "never" : $"{Ticks / (double)TimeSpan.TicksPerSecond:0.000000}s";
}
