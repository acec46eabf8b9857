using System.Collections.Concurrent;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Cluster.Bindings;

/// <summary>What this node knows of the bindings of others: a copy in memory, changed by one task at a time and read by any thread.</summary>
internal sealed class RemoteBindings(int most, TimeProvider time) : IRemoteBindings
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, Entry[]>> _tenants = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _byTenant = new(StringComparer.Ordinal);
    private int _count;
    private long _refused;

    /// <summary>Bindings that are kept.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bindings that found no room.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <inheritdoc/>
    public IReadOnlyList<Binding> Lookup(TenantId tenant, string number)
    {
        if (!_tenants.TryGetValue(tenant.Value, out var numbers) || !numbers.TryGetValue(number, out var entries))
            return [];

        var now = time.GetUtcNow();
        var found = new List<Binding>(entries.Length);
        foreach (var entry in entries)
        {
            // A phone that moved from one node to another is known to both for a while: the later one counts.
            if (entry.Binding.ExpiresAt > now && !entry.Binding.IsLost && !IsOlder(entry, entries))
                found.Add(entry.Binding);
        }

        found.Sort(static (left, right) => right.Q != left.Q ? right.Q.CompareTo(left.Q) : right.LastSeen.CompareTo(left.LastSeen));
        return found;
    }

    /// <inheritdoc/>
    public int CountOf(TenantId tenant) => _byTenant.GetValueOrDefault(tenant.Value);

    /// <inheritdoc/>
    public int CountOf(TenantId tenant, Func<string, string, bool> isHere)
    {
        if (!_tenants.TryGetValue(tenant.Value, out var numbers))
            return 0;

        var now = time.GetUtcNow();
        var count = 0;
        foreach (var (number, entries) in numbers)
            count += CountIn(entries, now, key => !isHere(number, key));
        return count;
    }

    /// <inheritdoc/>
    public int CountOf(TenantId tenant, string number, Func<string, bool> isCounted) =>
        _tenants.TryGetValue(tenant.Value, out var numbers) && numbers.TryGetValue(number, out var entries) ? CountIn(entries, time.GetUtcNow(), isCounted) : 0;

    /// <summary>Takes one binding in, or out when it is gone.</summary>
    /// <param name="round">When it was told; rounds only grow.</param>
    public void Apply(SharedBinding shared, long round)
    {
        var before = _tenants.GetValueOrDefault(shared.Tenant)?.GetValueOrDefault(shared.Number) ?? [];
        var others = Array.FindAll(before, entry => entry.Node != shared.Node || entry.Key != shared.Key);
        var binding = shared.ExpiresAt > time.GetUtcNow().ToUnixTimeMilliseconds() ? shared.ToBinding() : null;
        if (binding is not null && others.Length == before.Length && Count >= most)
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        Replace(shared.Tenant, shared.Number, before, binding is null ? others : [.. others, new Entry(shared.Node, shared.Key, round, binding)]);
    }

    /// <summary>Drops what has expired.</summary>
    public void Sweep()
    {
        var now = time.GetUtcNow();
        Keep(entry => entry.Binding.ExpiresAt > now);
    }

    /// <summary>Drops the bindings of some nodes that were last told before a round: they have left.</summary>
    public void DropBefore(long round, Func<string, bool> isOf) => Keep(entry => entry.Round >= round || !isOf(entry.Node));

    private void Keep(Predicate<Entry> isKept)
    {
        foreach (var (tenant, numbers) in _tenants)
        {
            foreach (var (number, entries) in numbers)
            {
                var left = Array.FindAll(entries, isKept);
                if (left.Length < entries.Length)
                    Replace(tenant, number, entries, left);
            }
        }
    }

    private void Replace(string tenant, string number, Entry[] before, Entry[] after)
    {
        var numbers = _tenants.GetOrAdd(tenant, static _ => new ConcurrentDictionary<string, Entry[]>(StringComparer.Ordinal));
        if (after.Length == 0)
            numbers.TryRemove(number, out _);
        else
            numbers[number] = after;

        var more = after.Length - before.Length;
        Interlocked.Add(ref _count, more);
        if (_byTenant.AddOrUpdate(tenant, static (_, change) => change, static (_, count, change) => count + change, more) == 0)
        {
            _byTenant.TryRemove(tenant, out _);
            _tenants.TryRemove(tenant, out _);
        }
    }

    private static int CountIn(Entry[] entries, DateTimeOffset now, Func<string, bool> isCounted)
    {
        var count = 0;
        foreach (var entry in entries)
        {
            if (entry.Binding.ExpiresAt > now && !IsOlder(entry, entries) && isCounted(entry.Key))
                count++;
        }

        return count;
    }

    private static bool IsOlder(Entry entry, Entry[] all) =>
        Array.Exists(all, other => !ReferenceEquals(other, entry) && other.Key == entry.Key && other.Binding.LastSeen > entry.Binding.LastSeen);

    private sealed record Entry(string Node, string Key, long Round, Binding Binding);
}
