namespace Tandem.Core.Time;

/// <summary>Turns moments of the monotonic clock into calendar time, for records that people read.</summary>
public interface IWallClock
{
    /// <summary>The UTC time at <paramref name="moment"/>.</summary>
    DateTimeOffset ToUtc(Moment moment);
}
