using System.Collections.Concurrent;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Registrar;

/// <summary>
/// All bindings. Each address-of-record is written only by the shard that owns its number and holds an immutable array, so any
/// thread reads it without a lock and sees the state before or after a request, never between. Expired bindings are not in it:
/// the owner takes them out on time.
/// </summary>
public sealed class RegistrarTable
{
    private readonly ConcurrentDictionary<AorKey, Binding[]> _bindings = new();
    private readonly RegistrarService?[] _owners;

    // How many bindings came over each open connection; written by all shards.
    private readonly ConcurrentDictionary<long, int> _connections = new();
    private readonly ConcurrentDictionary<TenantId, int> _byTenant = new();
    private readonly ConcurrentDictionary<TenantId, BindingsElsewhere> _elsewhere = new();
    private int _count;

    /// <param name="shards">How many shards there are, at least 1.</param>
    public RegistrarTable(int shards)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        _owners = new RegistrarService?[shards];
    }

    /// <summary>How many shards there are.</summary>
    public int Shards => _owners.Length;

    /// <summary>Bindings of all tenants.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bindings of one tenant at this node.</summary>
    public int CountOf(TenantId tenant) => _byTenant.GetValueOrDefault(tenant);

    /// <summary>Whether a tenant may have some more bindings, those at other nodes included. A phone that comes from another node is there still, and counts once.</summary>
    /// <param name="key">Whose they are.</param>
    /// <param name="more">How many come to this node.</param>
    /// <param name="most">How many the tenant may have.</param>
    /// <param name="comes">Whether the contact of that key is one of those that come.</param>
    internal bool HasRoom(AorKey key, int more, int most, Func<string, bool> comes, Moment now)
    {
        var here = CountOf(key.Tenant) + more;
        if (here > most)
            return false;

        return Remote is not { } remote || here + remote.CountOf(key.Tenant) <= most
            || _elsewhere.GetOrAdd(key.Tenant, static _ => new BindingsElsewhere()).HasRoom(
                key, most - here, now, remote, comes, (number, contact) => Array.Exists(_bindings.GetValueOrDefault(new AorKey(key.Tenant, number), []), b => b.Key == contact));
    }

    /// <summary>The counters of each shard that has a registrar.</summary>
    public IEnumerable<RegistrarCounters> Counters => _owners.Where(o => o is not null).Select(o => o!.Counters);

    /// <summary>
    /// Tells whether the transport still has a connection. Set before the loops start; without it every connection is taken for open.
    /// </summary>
    public Func<long, bool>? ConnectionState { get; set; }

    /// <summary>The contacts that phones registered at other nodes; null where the node is alone. Set before the loops start.</summary>
    public IRemoteBindings? Remote { get; set; }

    /// <summary>
    /// The contacts of a number that can be reached, highest q first, then the one seen last; empty when it is not registered. Contacts
    /// of one instance (<see cref="Binding.IsSameDevice"/>) are ways to the same phone. A number that is registered at other nodes only has
    /// the contacts of those.
    /// </summary>
    public IReadOnlyList<Binding> Lookup(TenantId tenant, string number) =>
        _bindings.TryGetValue(new AorKey(tenant, number), out var bindings) && Reachable(bindings) is { Length: > 0 } reachable
            ? reachable
            : Remote?.Lookup(tenant, number) ?? [];

    /// <summary>All bindings of all tenants at this node.</summary>
    public IReadOnlyList<Binding> All()
    {
        var all = new List<Binding>();
        foreach (var (_, bindings) in _bindings)
            all.AddRange(bindings);
        return all;
    }

    /// <summary>All bindings of a number at this node, lost ones too. From any thread.</summary>
    public IReadOnlyList<Binding> AllOf(TenantId tenant, string number) => _bindings.GetValueOrDefault(new AorKey(tenant, number), []);

    /// <summary>True when a binding came over this connection: it must not be closed for want of room. From any thread.</summary>
    public bool IsHeld(long connection) => _connections.ContainsKey(connection);

    /// <summary>All bindings of a tenant, lost ones too, by number. It visits every address-of-record: for people, not for calls.</summary>
    public IReadOnlyList<Binding> All(TenantId tenant)
    {
        var all = new List<Binding>();
        foreach (var (key, bindings) in _bindings)
        {
            if (key.Tenant == tenant)
                all.AddRange(bindings);
        }

        all.Sort(static (a, b) => a.Number.Length != b.Number.Length
            ? a.Number.Length.CompareTo(b.Number.Length)
            : string.CompareOrdinal(a.Number, b.Number));
        return all;
    }

    /// <summary>Counts the registrations of a tenant, without contacts that are lost.</summary>
    public RegistrarStatistics Statistics(TenantId tenant, DateTimeOffset utcNow)
    {
        var users = 0;
        var count = 0;
        var recent = 0;
        var addresses = new Dictionary<string, int>();
        foreach (var (key, bindings) in _bindings)
        {
            var reachable = key.Tenant == tenant ? Reachable(bindings) : [];
            if (reachable.Length == 0)
                continue;

            users++;
            count += reachable.Length;
            if (utcNow - reachable.Min(b => b.RegisteredAt) < TimeSpan.FromHours(24))
                recent++;

            foreach (var binding in reachable)
            {
                var host = binding.Flow.Remote.HostText();
                addresses[host] = addresses.GetValueOrDefault(host) + 1;
            }
        }

        return new RegistrarStatistics(users, count, addresses, recent);
    }

    /// <summary>
    /// Drops all bindings of a number, on the shard that owns it. The task ends, with how many there were, when they are gone.
    /// </summary>
    public Task<int> Remove(TenantId tenant, string number, DateTimeOffset at)
    {
        if (_owners[OwnerOf(number)] is not { } owner)
            return Task.FromResult(0);

        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        owner.Turns.Post(() =>
        {
            try
            {
                done.SetResult(owner.Remove(new AorKey(tenant, number), at));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Drops all bindings of a tenant. The task ends, with how many there were, when they are gone.</summary>
    public async Task<int> RemoveAll(TenantId tenant, DateTimeOffset at)
    {
        var removals = new List<Task<int>>();
        foreach (var (key, _) in _bindings)
        {
            if (key.Tenant == tenant)
                removals.Add(Remove(tenant, key.Number, at));
        }

        var counts = await Task.WhenAll(removals);
        return counts.Sum();
    }

    /// <summary>
    /// Hands the stored bindings to their shards. Called once, after every shard has its registrar and before the loops start.
    /// Returns how many came back.
    /// </summary>
    public int Restore(IBindingStore store, Moment now, DateTimeOffset utcNow)
    {
        var restored = 0;
        foreach (var binding in store.Load(utcNow))
        {
            if (binding.ExpiresAt <= utcNow || _owners[OwnerOf(binding.Number)] is not { } owner)
                continue;

            if (owner.Restore(binding, now + (binding.ExpiresAt - utcNow), now))
                restored++;
        }

        return restored;
    }

    /// <summary>The shard that owns a number: the one to which the transport brings its REGISTER requests.</summary>
    internal int OwnerOf(string number) => ShardSelector.PickForUser(number, Shards);

    internal bool IsConnectionOpen(long connection) => ConnectionState?.Invoke(connection) ?? true;

    internal void Hold(long connection) => _connections.AddOrUpdate(connection, 1, static (_, count) => count + 1);

    internal void LetGo(long connection)
    {
        if (_connections.AddOrUpdate(connection, 0, static (_, count) => count - 1) <= 0)
            _connections.TryRemove(new KeyValuePair<long, int>(connection, 0));
    }

    private static Binding[] Reachable(Binding[] bindings) =>
        Array.Exists(bindings, static b => b.IsLost) ? Array.FindAll(bindings, static b => !b.IsLost) : bindings;

    internal void Attach(int shard, RegistrarService owner)
    {
        if (_owners[shard] is not null)
            throw new InvalidOperationException($"shard {shard} has a registrar already");

        _owners[shard] = owner;
    }

    /// <summary>Called by the owner of <paramref name="key"/> only.</summary>
    internal void Publish(AorKey key, Binding[] bindings)
    {
        var before = _bindings.TryGetValue(key, out var old) ? old.Length : 0;
        if (bindings.Length == 0)
            _bindings.TryRemove(key, out _);
        else
            _bindings[key] = bindings;

        var more = bindings.Length - before;
        if (more == 0)
            return;

        Interlocked.Add(ref _count, more);
        _byTenant.AddOrUpdate(key.Tenant, static (_, change) => change, static (_, count, change) => count + change, more);
    }
}
