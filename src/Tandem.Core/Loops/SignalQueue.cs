using System.Threading.Tasks.Sources;

namespace Tandem.Core.Loops;

/// <summary>
/// A bounded queue that one async story reads: <see cref="NextAsync"/> completes at once when something waits, and else
/// with the next <see cref="TryPost"/>, resuming on the story's <see cref="TurnQueue"/>. One loop owns it; no thread safety.
/// </summary>
public sealed class SignalQueue<T>(int capacity) : IValueTaskSource<T>
{
    private readonly Queue<T> _items = new();
    private ManualResetValueTaskSourceCore<T> _core;
    private bool _awaited;

    /// <summary>Items that wait to be read.</summary>
    public int Count => _items.Count;

    /// <summary>Hands <paramref name="item"/> to the reader or queues it; false when <c>capacity</c> items wait already.</summary>
    public bool TryPost(T item)
    {
        if (_awaited)
        {
            _awaited = false;
            _core.SetResult(item);
            return true;
        }

        if (_items.Count >= capacity)
            return false;

        _items.Enqueue(item);
        return true;
    }

    /// <summary>The next item, in the order of posting. There is one reader: a second call before the first completed throws.</summary>
    public ValueTask<T> NextAsync()
    {
        if (_awaited)
            throw new InvalidOperationException("the queue has one reader");

        if (_items.TryDequeue(out var item))
            return new ValueTask<T>(item);

        _core.Reset();
        _awaited = true;
        return new ValueTask<T>(this, _core.Version);
    }

    /// <summary>Takes an item that waits; false when there is none.</summary>
    public bool TryTake(out T item) => _items.TryDequeue(out item!);

    T IValueTaskSource<T>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
