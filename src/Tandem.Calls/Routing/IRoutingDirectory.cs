using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Routing;

/// <summary>What tenants and their extensions say about the ways of calls. Asked on every shard for every call: from memory, never waiting.</summary>
public interface IRoutingDirectory
{
    /// <summary>The rules of a tenant; null when it has none.</summary>
    RoutingTable? Of(TenantId tenant);

    /// <summary>What an extension has set; null when nothing.</summary>
    ExtensionFeatures? FeaturesOf(TenantId tenant, string number);

    /// <summary>Sets them, at once for the next call; null takes all back. What keeps them does so later.</summary>
    void SetFeatures(TenantId tenant, string number, ExtensionFeatures? features);
}
