namespace Tandem.Storage.Tenants;

/// <summary>How a change of a tenant ended.</summary>
public enum TenantSave
{
    Done,

    /// <summary>There is no such tenant.</summary>
    Unknown,

    /// <summary>A tenant has, or had, this id.</summary>
    IdTaken,

    /// <summary>Another tenant has this domain.</summary>
    DomainTaken,

    /// <summary>The tenant was changed since it was read.</summary>
    Stale,
}
