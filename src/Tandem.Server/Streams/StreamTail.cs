using Tandem.Calls.Tenants;

namespace Tandem.Server.Streams;

/// <summary>
/// The newest events of one stream, in memory for all who follow it. Each client reads at its own pace, from here or from the database: nobody has a
/// queue, and nobody waits for another. Thread-safe; one short lock.
/// </summary>
/// <param name="tenant">Whose stream.</param>
/// <param name="size">Events that are held.</param>
/// <param name="last">Where it begins: what is older comes from the database.</param>
public sealed class StreamTail(TenantId tenant, int size, long last)
{
    private readonly Lock _lock = new();
    private readonly Queue<StreamEvent> _events = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _last = last;

    public TenantId Tenant => tenant;

    /// <summary>Clients that follow. Changed by the hub, under its lock.</summary>
    public int Clients { get; set; }

    /// <summary>The number of the newest event.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Events in memory.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _events.Count;
        }
    }

    /// <summary>Completes when something came after it was asked for.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    /// <summary>One or more events that follow those that are here.</summary>
    public void Append(IReadOnlyList<StreamEvent> events)
    {
        TaskCompletionSource before;
        lock (_lock)
        {
            foreach (var e in events)
            {
                if (_events.Count == size)
                    _events.Dequeue();
                _events.Enqueue(e);
            }

            Volatile.Write(ref _last, events[^1].Sequence);
            before = _changed;
            _changed = NewSignal();
        }

        before.TrySetResult();
    }

    /// <summary>Adds what is behind a number, up to a limit; false when it is not in memory any more.</summary>
    public bool TryRead(long after, List<StreamEvent> into, int limit)
    {
        lock (_lock)
        {
            if (after >= _last)
                return true;
            if (_events.Count == 0 || _events.Peek().Sequence > after + 1)
                return false;

            foreach (var e in _events)
            {
                if (e.Sequence > after && into.Count < limit)
                    into.Add(e);
            }

            return true;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
