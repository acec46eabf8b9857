namespace Tandem.Calls.Tenants;

/// <summary>Looks up tenants. Called for every request: it answers from memory and follows changes by itself.</summary>
public interface ITenantDirectory
{
    /// <summary>The tenant, enabled or not; null when there is none.</summary>
    Tenant? Find(TenantId id);

    /// <summary>The tenant with this SIP domain, in any case of letters; null when there is none.</summary>
    Tenant? FindByDomain(ReadOnlySpan<char> domain);

    /// <summary>All tenants, by id.</summary>
    IReadOnlyList<Tenant> All { get; }
}
