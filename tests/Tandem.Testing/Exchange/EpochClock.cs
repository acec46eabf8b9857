using Tandem.Core.Time;

namespace Tandem.Testing.Exchange;

/// <summary>Calendar time in tests: the virtual clock counts from the first day of 2026.</summary>
public sealed class EpochClock : IWallClock
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset ToUtc(Moment moment) => Epoch + TimeSpan.FromTicks(moment.Ticks);
}
