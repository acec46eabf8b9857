using System.Collections.Concurrent;

namespace Tandem.Core.Loops;

/// <summary>A bounded queue from many threads to one loop. A full mailbox refuses and counts; it never blocks the sender.</summary>
public sealed class Mailbox<T>(int capacity)
{
    private readonly ConcurrentQueue<T> _items = new();
    private int _count;
    private long _refused;

    /// <summary>Most items that may wait.</summary>
    public int Capacity => capacity;

    /// <summary>Items that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Items refused because the mailbox was full.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Adds <paramref name="item"/>; false when the mailbox is full.</summary>
    public bool TryPost(T item)
    {
        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _refused);
            return false;
        }

        _items.Enqueue(item);
        return true;
    }

    /// <summary>Takes the oldest item; false when none waits.</summary>
    public bool TryTake(out T item)
    {
        if (_items.TryDequeue(out item!))
        {
            Interlocked.Decrement(ref _count);
            return true;
        }

        return false;
    }
}
