using System.Collections.Concurrent;

namespace Tandem.Server.Health;

/// <summary>Real time, but the two seconds that a part of a health page has for its answer are over when a test says so, however slow the machine is.</summary>
internal sealed class HeldPatience : TimeProvider
{
    private readonly ConcurrentQueue<ITimer> _held = new();

    /// <summary>Nobody answers in time who has not answered yet.</summary>
    public void RunOut()
    {
        foreach (var timer in _held)
            timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != TimeSpan.FromSeconds(2))
            return base.CreateTimer(callback, state, dueTime, period);

        var timer = base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _held.Enqueue(timer);
        return timer;
    }
}
