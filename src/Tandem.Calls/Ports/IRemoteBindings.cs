using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ports;

/// <summary>Bindings that phones made at other nodes of the installation. Asked on shards: from memory, without waiting.</summary>
public interface IRemoteBindings
{
    /// <summary>The contacts of a number at other nodes that can be reached from here and have not expired; empty when there is none.</summary>
    IReadOnlyList<Binding> Lookup(TenantId tenant, string number);

    /// <summary>How many contacts of a tenant are registered at other nodes, lost ones and those that moved here included; never less than the other of that name says.</summary>
    int CountOf(TenantId tenant);

    /// <summary>The same, each contact once and without those that are here. It visits all of the tenant: for who is at a limit, and not often.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="isHere">Whether a number has the contact of that key (<see cref="Binding.Key"/>) at this node.</param>
    int CountOf(TenantId tenant, Func<string, string, bool> isHere);

    /// <summary>How many contacts of one number, each once, fulfil a condition.</summary>
    /// <param name="isCounted">Gets the key of a contact (<see cref="Binding.Key"/>).</param>
    int CountOf(TenantId tenant, string number, Func<string, bool> isCounted);
}
