using System.Collections.Concurrent;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Routing;

/// <summary>Rules and features in memory: nothing at the beginning, and gone with the process.</summary>
public sealed class RoutingInMemory : IRoutingDirectory
{
    private readonly ConcurrentDictionary<TenantId, RoutingTable> _tables = new();
    private readonly ConcurrentDictionary<(TenantId, string), ExtensionFeatures> _features = new();

    public RoutingTable? Of(TenantId tenant) => _tables.IsEmpty ? null : _tables.GetValueOrDefault(tenant);

    public ExtensionFeatures? FeaturesOf(TenantId tenant, string number) => _features.IsEmpty ? null : _features.GetValueOrDefault((tenant, number));

    public void SetFeatures(TenantId tenant, string number, ExtensionFeatures? features)
    {
        if (features is null || features.IsEmpty)
            _features.TryRemove((tenant, number), out _);
        else
            _features[(tenant, number)] = features;
    }

    /// <summary>Sets the rules of a tenant; null for none.</summary>
    public void Set(TenantId tenant, RoutingTable? table)
    {
        if (table is null)
            _tables.TryRemove(tenant, out _);
        else
            _tables[tenant] = table;
    }
}
