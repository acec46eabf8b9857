using System.Collections.Concurrent;
using Tandem.Calls.Tenants;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Trunks;

/// <summary>How all profiles stand and what they carry. Written by their shards, read by any thread.</summary>
/// <param name="identities">Where the certificates of profiles go; null for a table that makes no connections.</param>
public sealed class TrunkTable(TlsIdentities? identities = null)
{
    private readonly ConcurrentDictionary<ProfileId, ProfileState> _states = new();
    private readonly ConcurrentDictionary<ProfileId, ProfileUsage> _usage = new();
    private readonly ConcurrentDictionary<long, int> _held = new();

    /// <summary>The certificates that profiles show to their providers.</summary>
    internal TrunkIdentities Identities { get; } = new(identities ?? new TlsIdentities());

    /// <summary>How a profile stands; null when it is not known (yet).</summary>
    public ProfileState? Find(ProfileId id) => _states.GetValueOrDefault(id);

    /// <summary>The calls of a profile.</summary>
    public ProfileUsage UsageOf(ProfileId id) => _usage.GetOrAdd(id, static _ => new ProfileUsage());

    /// <summary>The states of the profiles of a tenant, in no order.</summary>
    public IReadOnlyList<ProfileState> Of(TenantId tenant) => [.. _states.Values.Where(state => state.Tenant == tenant)];

    /// <summary>All profiles that ever carried a call since they are there, with their tenant (the default value when it is not known), in no order.</summary>
    public IReadOnlyList<(ProfileId Id, TenantId Tenant, ProfileUsage Usage)> Usages() =>
        [.. _usage.Where(static pair => pair.Value.Outbound + pair.Value.Inbound > 0).Select(pair => (pair.Key, Find(pair.Key)?.Tenant ?? default, pair.Value))];

    /// <summary>Profiles in each state, all tenants.</summary>
    public IReadOnlyDictionary<ProfileStatus, int> Count()
    {
        var counts = new Dictionary<ProfileStatus, int>();
        foreach (var state in _states.Values)
            counts[state.Status] = counts.GetValueOrDefault(state.Status) + 1;
        return counts;
    }

    /// <summary>True when a registration lives on this connection.</summary>
    public bool IsHeld(long connection) => _held.ContainsKey(connection);

    internal void Set(ProfileState state) => _states[state.Id] = state;

    internal void Remove(ProfileId id)
    {
        _states.TryRemove(id, out _);
        _usage.TryRemove(id, out _);
        Identities.Forget(id);
    }

    internal void Hold(long connection)
    {
        if (connection != 0)
            _held.AddOrUpdate(connection, 1, static (_, count) => count + 1);
    }

    internal void LetGo(long connection)
    {
        if (connection != 0 && _held.AddOrUpdate(connection, 0, static (_, count) => count - 1) <= 0)
            _held.TryRemove(connection, out _);
    }
}
