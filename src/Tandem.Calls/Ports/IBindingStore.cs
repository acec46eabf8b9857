using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ports;

/// <summary>Keeps bindings over a restart. Save and Remove queue the write and return at once; they are called on a shard.</summary>
public interface IBindingStore
{
    /// <summary>All bindings that have not expired at <paramref name="now"/>.</summary>
    IReadOnlyList<Binding> Load(DateTimeOffset now);

    /// <summary>Inserts or replaces the binding with the same tenant, number and <see cref="Binding.Key"/>.</summary>
    void Save(Binding binding);

    /// <summary>Removes the binding with this <see cref="Binding.Key"/>, if it is there.</summary>
    void Remove(TenantId tenant, string number, string key);
}
