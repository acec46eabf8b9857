namespace Tandem.Core.Time;

/// <summary>
/// The bridge from a <see cref="TimeProvider"/> to <see cref="Moment"/>, for drivers. Wall-clock times are derived
/// from an anchor that is renewed now and then, so a step of the system clock never moves a deadline.
/// </summary>
public sealed class Clock : IWallClock
{
    private static readonly TimeSpan AnchorLifetime = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _provider;
    private readonly long _origin;
    private Anchor _anchor;

    public Clock(TimeProvider provider)
    {
        _provider = provider;
        _origin = provider.GetTimestamp();
        _anchor = new Anchor(Moment.Zero, provider.GetUtcNow());
    }

    /// <summary>The present moment.</summary>
    public Moment Now => new(_provider.GetElapsedTime(_origin).Ticks);

    /// <inheritdoc/>
    public DateTimeOffset ToUtc(Moment moment)
    {
        var anchor = _anchor;
        var now = Now;
        if (now - anchor.Moment > AnchorLifetime)
        {
            anchor = new Anchor(now, _provider.GetUtcNow());
            _anchor = anchor;
        }

        return anchor.Utc + (moment - anchor.Moment);
    }

    private sealed record Anchor(Moment Moment, DateTimeOffset Utc);
}
