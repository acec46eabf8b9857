using Tandem.Calls.Tenants;
using Tandem.Cluster.Harness;

namespace Tandem.Cluster.Bindings;

/// <summary>Contacts at other nodes, counted for the limit of a tenant.</summary>
public sealed class RemoteBindingsTests
{
    private static readonly TenantId Acme = new("acme");

    private readonly RemoteBindings _bindings = new(10, TimeProvider.System);

    [Fact]
    public void Each_contact_counts_once_for_its_tenant_and_not_when_it_is_here()
    {
        Tell("a", "100", 1);
        Tell("a", "101", 1);
        Tell("b", "101", 2); // it moved from a to b
        Tell("b", "102", 1, tenant: "globex");
        Assert.Equal((3, 2), (_bindings.CountOf(Acme), _bindings.CountOf(Acme, (_, _) => false)));
        Assert.Equal((1, 1), (_bindings.CountOf(new TenantId("globex")), _bindings.CountOf(new TenantId("globex"), (_, _) => false)));
        Assert.Equal(1, _bindings.CountOf(Acme, (number, key) => number == "100" && key == "sip:100@192.0.2.9:5060"));
        Assert.Equal((1, 0), (_bindings.CountOf(Acme, "100", key => key == "sip:100@192.0.2.9:5060"), _bindings.CountOf(TenantId.Default, "100", _ => true)));
        Assert.Equal((0, 0), (_bindings.CountOf(TenantId.Default), _bindings.CountOf(TenantId.Default, (_, _) => false)));

        _bindings.DropBefore(5, node => node == "b");
        Assert.Equal((2, 2, 2), (_bindings.CountOf(Acme), _bindings.CountOf(Acme, (_, _) => false), _bindings.Count));
        _bindings.DropBefore(5, _ => true);
        Assert.Equal((0, 0, 0), (_bindings.CountOf(Acme), _bindings.CountOf(Acme, (_, _) => false), _bindings.Count));
        Tell("a", "100", 3);
        Assert.Equal((1, 1), (_bindings.CountOf(Acme), _bindings.Lookup(Acme, "100").Count));
    }

    private void Tell(string node, string number, int seen, string tenant = "acme")
    {
        var phone = Sample.Phone(number) with { Tenant = new TenantId(tenant), LastSeen = Sample.Now.AddSeconds(seen) };
        _bindings.Apply(SharedBinding.From(node, phone, isGone: false), round: 1);
    }
}
