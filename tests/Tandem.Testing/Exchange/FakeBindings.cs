using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Testing.Exchange;

/// <summary>A store with the bindings that the test puts in, for <c>Exchange.RestoreBindings</c>.</summary>
public sealed class FakeBindings : IBindingStore
{
    public List<Binding> Stored { get; } = [];

    public IReadOnlyList<Binding> Load(DateTimeOffset now) => Stored;

    public void Save(Binding binding)
    {
    }

    public void Remove(TenantId tenant, string number, string key)
    {
    }
}
