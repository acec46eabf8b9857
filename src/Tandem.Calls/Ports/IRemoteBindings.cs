using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ports;

/// <summary>Bindings that phones made at other nodes of the installation. Asked on shards: from memory, without waiting.</summary>
public interface IRemoteBindings
{
    /// <summary>The contacts of a number at other nodes that can be reached from here and have not expired; empty when there is none.</summary>
    IReadOnlyList<Binding> Lookup(TenantId tenant, string number);
}
