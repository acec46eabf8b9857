using System.Collections.Concurrent;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;

namespace Tandem.Calls.Subscriptions;

/// <summary>
/// What the shards know of each other's subscriptions: which shard watches which number, how many places an extension and a source
/// have taken, and the list for the API. Each shard enters and removes its own; anyone reads.
/// </summary>
internal sealed class SubscriptionTable(int shards)
{
    private readonly ConcurrentDictionary<Subscription, TenantId> _all = new();
    private readonly ConcurrentDictionary<AorKey, int[]> _watchers = new();
    private readonly Lock _watching = new();
    private int _watched;

    /// <summary>Subscriptions of all shards.</summary>
    public int Count => _all.Count;

    /// <summary>True when anybody watches anything.</summary>
    public bool IsWatched => Volatile.Read(ref _watched) > 0;

    /// <summary>Places by watching extension.</summary>
    public Places<AorKey> ByWatcher { get; } = new();

    /// <summary>Places by source address, without its port.</summary>
    public Places<NetAddress> BySource { get; } = new();

    /// <summary>Keys that still have an entry; 0 when nobody watches anything.</summary>
    public int Keys => _watchers.Count + ByWatcher.Count + BySource.Count;

    /// <summary>From now on <paramref name="shard"/> hears what happens to the watched number. Before its state is first read.</summary>
    public void Add(Subscription subscription, int shard)
    {
        _all[subscription] = subscription.Resource.Tenant;
        lock (_watching)
        {
            // Readers see the array before or after; each change makes a new one.
            var next = _watchers.TryGetValue(subscription.Resource, out var counts) ? (int[])counts.Clone() : new int[shards];
            next[shard]++;
            _watchers[subscription.Resource] = next;
            _watched++;
        }
    }

    /// <summary>Takes a subscription out.</summary>
    public void Remove(Subscription subscription, int shard)
    {
        if (!_all.TryRemove(subscription, out _))
            return;

        lock (_watching)
        {
            if (!_watchers.TryGetValue(subscription.Resource, out var counts))
                return;

            _watched--;
            var next = (int[])counts.Clone();
            next[shard]--;
            if (Array.TrueForAll(next, n => n == 0))
                _watchers.TryRemove(subscription.Resource, out _);
            else
                _watchers[subscription.Resource] = next;
        }
    }

    /// <summary>How many subscriptions each shard has to a number; empty when nobody watches it.</summary>
    public ReadOnlySpan<int> WatchersOf(AorKey resource) => _watchers.TryGetValue(resource, out var counts) ? counts : [];

    /// <summary>The subscriptions of a tenant, by watched number.</summary>
    public IReadOnlyList<SubscriptionRecord> List(TenantId tenant)
    {
        var list = new List<SubscriptionRecord>();
        foreach (var (subscription, owner) in _all)
        {
            if (owner == tenant)
                list.Add(subscription.Record);
        }

        list.Sort(static (a, b) => (a.Number, a.Watcher, a.Package).CompareTo((b.Number, b.Watcher, b.Package)));
        return list;
    }
}
