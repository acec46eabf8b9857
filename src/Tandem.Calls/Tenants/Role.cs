namespace Tandem.Calls.Tenants;

/// <summary>What a person is in a tenant; <see cref="Roles"/> says what each may do.</summary>
public enum Role
{
    /// <summary>Looks, and changes nothing.</summary>
    ReadOnly,

    /// <summary>Takes calls.</summary>
    Agent,

    /// <summary>Looks after agents: steers calls and rooms, listens to recordings.</summary>
    Supervisor,

    /// <summary>Everything in one tenant.</summary>
    TenantAdmin,

    /// <summary>Everything in all tenants, and the installation itself.</summary>
    Operator,
}
