using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Tenants;

/// <summary>All tenants in memory. It follows changes as the extensions do; while the database is away it answers from what it has.</summary>
public sealed class TenantDirectory : ITenantDirectory, IDisposable
{
    /// <summary>The row of <c>change_versions</c>.</summary>
    internal const string Topic = "tenants";

    private readonly ChangeFollower _follower;
    private volatile Tables _tables = Tables.Empty;

    internal TenantDirectory(TandemDatabase database, TimeProvider time) =>
        _follower = new ChangeFollower(database, Topic, Read, () => _tables = Tables.Empty, time);

    /// <summary>Called for a tenant that was added, changed or removed, on the thread that noticed; it must neither block nor throw.</summary>
    public Action<TenantId>? Changed { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<Tenant> All => _tables.All;

    /// <inheritdoc/>
    public Tenant? Find(TenantId id) => _tables.ById.GetValueOrDefault(id.Value);

    /// <inheritdoc/>
    public Tenant? FindByDomain(ReadOnlySpan<char> domain) => _tables.ByDomain.TryGetValue(domain, out var tenant) ? tenant : null;

    /// <summary>Fetches what changed since the last time.</summary>
    /// <exception cref="DbException">The database is away; what is in memory stays.</exception>
    public void Refresh() => _follower.Refresh();

    public void Dispose() => _follower.Dispose();

    /// <summary>Begins to follow changes.</summary>
    internal void Follow(TimeSpan interval) => _follower.Follow(interval);

    /// <summary>Refreshes after a change that this process made; when that fails, the next poll does it.</summary>
    internal void RefreshQuietly() => _follower.RefreshQuietly();

    private void Read(DbConnection connection, long from, long newest)
    {
        var byId = _tables.ById;
        var changed = new List<TenantId>();
        foreach (var row in connection.Query<TenantRow>("SELECT * FROM tenants WHERE version > @from AND version <= @newest", new { from, newest }))
        {
            byId = row.DeletedAt is null ? byId.SetItem(row.TenantId, row.ToTenant()) : byId.Remove(row.TenantId);
            changed.Add(new TenantId(row.TenantId));
        }

        _tables = Tables.Of(byId);
        foreach (var id in changed)
            Changed?.Invoke(id);
    }

    // The three are replaced together, so that no reader sees half of a change.
    private sealed record Tables(ImmutableDictionary<string, Tenant> ById, Dictionary<string, Tenant>.AlternateLookup<ReadOnlySpan<char>> ByDomain, IReadOnlyList<Tenant> All)
    {
        public static readonly Tables Empty = Of(ImmutableDictionary<string, Tenant>.Empty);

        public static Tables Of(ImmutableDictionary<string, Tenant> byId)
        {
            // While a domain goes from one tenant to another, both may be seen with it for a moment: it is the later one's.
            var byDomain = new Dictionary<string, Tenant>(StringComparer.OrdinalIgnoreCase);
            foreach (var tenant in byId.Values.Where(tenant => tenant.Domain is not null).OrderBy(tenant => tenant.Version))
                byDomain[tenant.Domain!] = tenant;

            return new Tables(byId, byDomain.GetAlternateLookup<ReadOnlySpan<char>>(), [.. byId.Values.OrderBy(tenant => tenant.Id.Value, StringComparer.Ordinal)]);
        }
    }
}
