namespace Tandem.Core.Time;

/// <summary>A <see cref="TimerEntry"/> that calls a delegate.</summary>
public sealed class CallbackTimer(Action<Moment> callback) : TimerEntry
{
    protected internal override void OnDue(Moment now) => callback(now);
}
