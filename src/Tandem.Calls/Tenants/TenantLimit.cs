namespace Tandem.Calls.Tenants;

/// <summary>A limit of a tenant by which a phone was refused.</summary>
public enum TenantLimit
{
    /// <summary>As many calls as it may have are in progress.</summary>
    Calls,

    /// <summary>New calls come faster than they may.</summary>
    CallsPerSecond,

    /// <summary>As many contacts as it may have are registered.</summary>
    Registrations,
}
