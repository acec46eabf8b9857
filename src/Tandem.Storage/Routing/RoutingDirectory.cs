using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Routing;

/// <summary>Rules and features of all tenants in memory; it follows changes by the version of the topic.</summary>
public sealed class RoutingDirectory : IRoutingDirectory, IDisposable
{
    internal const string Topic = "routing";

    private readonly ConcurrentDictionary<TenantId, RoutingTable> _tables = new();
    private readonly ConcurrentDictionary<(TenantId, string), ExtensionFeatures> _features = new();
    private readonly RoutingRepository _repository;
    private readonly ChangeFollower _follower;

    internal RoutingDirectory(TandemDatabase database, RoutingRepository repository, TimeProvider time)
    {
        _repository = repository;
        _follower = new ChangeFollower(database, Topic, Read, Forget, time);
    }

    /// <summary>Hears of what a phone has set and the database did not take, on any thread.</summary>
    public Action<string>? Failed { get; set; }

    /// <inheritdoc/>
    public RoutingTable? Of(TenantId tenant) => _tables.IsEmpty ? null : _tables.GetValueOrDefault(tenant);

    /// <inheritdoc/>
    public ExtensionFeatures? FeaturesOf(TenantId tenant, string number) => _features.IsEmpty ? null : _features.GetValueOrDefault((tenant, number));

    /// <inheritdoc/>
    public void SetFeatures(TenantId tenant, string number, ExtensionFeatures? features)
    {
        Keep(tenant, number, features);
        _ = Task.Run(() => SaveAsync(tenant, number, features));
    }

    public void Dispose() => _follower.Dispose();

    internal void Refresh() => _follower.Refresh();

    internal void RefreshQuietly() => _follower.RefreshQuietly();

    internal void Follow(TimeSpan interval) => _follower.Follow(interval);

    private async Task SaveAsync(TenantId tenant, string number, ExtensionFeatures? features)
    {
        try
        {
            await _repository.SetFeaturesAsync(tenant, number, features);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or TimeoutException)
        {
            Failed?.Invoke($"What extension {number} has set holds until the next start only: {e.Message}");
        }
    }

    private void Keep(TenantId tenant, string number, ExtensionFeatures? features)
    {
        if (features is null || features.IsEmpty)
            _features.TryRemove((tenant, number), out _);
        else
            _features[(tenant, number)] = features;
    }

    private void Read(DbConnection connection, long from, long newest)
    {
        foreach (var row in connection.Query<RoutingRepository.BodyRow>(
            "SELECT tenant_id, body FROM routing_documents WHERE version > @from AND version <= @newest", new { from, newest }))
        {
            var tenant = new TenantId(row.TenantId);

            // What another version of this program wrote and this one does not accept is no rules: the plain plan rings who is dialled.
            if (RoutingJson.Document(row.Body) is { } document && RoutingCompiler.Compile(document).Table is { } table)
                _tables[tenant] = table;
            else
                _tables.TryRemove(tenant, out _);
        }

        foreach (var row in connection.Query<RoutingRepository.BodyRow>(
            "SELECT tenant_id, number, body FROM extension_features WHERE version > @from AND version <= @newest", new { from, newest }))
            Keep(new TenantId(row.TenantId), row.Number, RoutingJson.Features(row.Body));
    }

    private void Forget()
    {
        _tables.Clear();
        _features.Clear();
    }
}
