using System.Collections.Concurrent;

namespace Tandem.Cluster.Harness;

/// <summary>Real time, but what waits as long as <paramref name="from"/> or longer waits until it is let go; it knows how long each timer was to wait.</summary>
internal sealed class HeldTime(TimeSpan from) : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private readonly ConcurrentDictionary<TimeSpan, ITimer> _held = new();

    /// <summary>The waits of these lengths, in order.</summary>
    public IReadOnlyList<int> Waits(params int[] milliseconds) => [.. _waits.Select(wait => (int)wait.TotalMilliseconds).Where(wait => milliseconds.Contains(wait))];

    public void LetGo(int milliseconds) => _held[TimeSpan.FromMilliseconds(milliseconds)].Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < from)
        {
            _waits.Enqueue(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var timer = base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _held[dueTime] = timer;
        _waits.Enqueue(dueTime);
        return timer;
    }
}
