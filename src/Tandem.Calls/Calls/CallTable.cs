using System.Collections.Concurrent;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Calls;

/// <summary>
/// The calls in progress of all shards. Each shard adds and removes its own; anyone reads. The numbers in use are counted
/// here too, for the busy test without call waiting.
/// </summary>
internal sealed class CallTable
{
    private readonly ConcurrentDictionary<CallId, LiveCall> _calls = new();
    private readonly ConcurrentDictionary<(TenantId, string), int> _busy = new();
    private int _count;

    /// <summary>Calls in progress.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place for one call; false when <paramref name="limit"/> are in progress.</summary>
    public bool TryReserve(int limit)
    {
        if (Interlocked.Increment(ref _count) <= limit)
            return true;

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Gives back a place that was reserved for a call that could not be made.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _count);

    /// <summary>Enters a call whose place was reserved.</summary>
    public void Add(LiveCall call)
    {
        _calls[call.Model.Id] = call;
        var snapshot = call.Model.Snapshot;
        Use(snapshot.Tenant, snapshot.CallerNumber, 1);
        Use(snapshot.Tenant, snapshot.CalleeNumber, 1);
    }

    /// <summary>Takes a call out; the second time does nothing.</summary>
    public void Remove(LiveCall call)
    {
        if (!_calls.TryRemove(call.Model.Id, out _))
            return;

        Interlocked.Decrement(ref _count);
        var snapshot = call.Model.Snapshot;
        Use(snapshot.Tenant, snapshot.CallerNumber, -1);
        Use(snapshot.Tenant, snapshot.CalleeNumber, -1);
    }

    public LiveCall? Find(CallId id) => _calls.GetValueOrDefault(id);

    /// <summary>True while the number takes part in a call.</summary>
    public bool IsInCall(TenantId tenant, string number) => _busy.ContainsKey((tenant, number));

    /// <summary>All calls, in no order.</summary>
    public IEnumerable<LiveCall> All()
    {
        foreach (var (_, call) in _calls)
            yield return call;
    }

    private void Use(TenantId tenant, string number, int change)
    {
        var key = (tenant, number);
        while (true)
        {
            if (!_busy.TryGetValue(key, out var uses))
            {
                if (change < 0 || _busy.TryAdd(key, change))
                    return;
            }
            else if (uses + change > 0)
            {
                if (_busy.TryUpdate(key, uses + change, uses))
                    return;
            }
            else if (_busy.TryRemove(KeyValuePair.Create(key, uses)))
            {
                return;
            }
        }
    }
}
