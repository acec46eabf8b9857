using System.Collections.Concurrent;
using Tandem.Core.Time;

namespace Tandem.Media.Audio;

/// <summary>
/// Commands on their way to a media loop, in order and bounded. Any thread posts; the owning loop runs them.
/// </summary>
/// <param name="limit">Commands that may wait.</param>
/// <param name="wake">Asks the loop to call <see cref="Run"/>; called on the posting thread, at most once until it did.</param>
internal sealed class CommandQueue(int limit, Action wake)
{
    private readonly ConcurrentQueue<Action<Moment>> _queue = new();
    private int _count;
    private int _isAsked;

    /// <summary>Puts a command behind those that wait; false when there are too many.</summary>
    public bool TryPost(Action<Moment> command)
    {
        if (Interlocked.Increment(ref _count) > limit)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        Put(command);
        return true;
    }

    /// <summary>Puts a command behind those that wait, however many they are: for an end, which must not be lost.</summary>
    public void Post(Action<Moment> command)
    {
        Interlocked.Increment(ref _count);
        Put(command);
    }

    /// <summary>Runs what waits. On the loop.</summary>
    public void Run(Moment now)
    {
        // First the flag, then the queue: who posts after the last look asks again.
        Interlocked.Exchange(ref _isAsked, 0);
        while (_queue.TryDequeue(out var command))
        {
            Interlocked.Decrement(ref _count);
            command(now);
        }
    }

    private void Put(Action<Moment> command)
    {
        _queue.Enqueue(command);
        if (Interlocked.Exchange(ref _isAsked, 1) == 0)
            wake();
    }
}
