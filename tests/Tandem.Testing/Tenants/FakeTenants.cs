using Tandem.Calls.Tenants;

namespace Tandem.Testing.Tenants;

/// <summary>Tenants that a test makes: the default one, and whatever it adds.</summary>
public sealed class FakeTenants : ITenantDirectory
{
    private readonly List<Tenant> _all = [new Tenant(TenantId.Default, "Default")];

    public IReadOnlyList<Tenant> All => _all;

    /// <summary>Adds a tenant, or puts it in the place of the one with its id.</summary>
    public void Set(Tenant tenant)
    {
        _all.RemoveAll(one => one.Id == tenant.Id);
        _all.Add(tenant);
    }

    public Tenant? Find(TenantId id) => _all.Find(tenant => tenant.Id == id);

    public Tenant? FindByDomain(ReadOnlySpan<char> domain)
    {
        foreach (var tenant in _all)
        {
            if (tenant.Domain is { } own && domain.Equals(own, StringComparison.OrdinalIgnoreCase))
                return tenant;
        }

        return null;
    }
}
