namespace Tandem.Calls.Tenants;

/// <summary>What each <see cref="Role"/> may do.</summary>
public static class Roles
{
    private static readonly PermissionSet OfReadOnly = PermissionSet.Of(
        Permission.CallsRead, Permission.CdrRead, Permission.ExtensionsRead, Permission.ProfilesRead, Permission.EventsRead, Permission.QueuesRead, Permission.IvrRead, Permission.RoutingRead);

    private static readonly PermissionSet OfAgent = PermissionSet.Of(Permission.CallsRead, Permission.ExtensionsRead, Permission.CallsControl, Permission.EventsRead, Permission.QueuesRead);

    private static readonly PermissionSet OfSupervisor = PermissionSet.Of(
        Permission.CallsRead, Permission.CallsControl, Permission.CdrRead, Permission.RecordingsRead, Permission.ExtensionsRead, Permission.ProfilesRead,
        Permission.RoomsControl, Permission.TracesRead, Permission.MonitorCalls, Permission.EventsRead, Permission.QueuesRead, Permission.QueuesWrite, Permission.IvrRead, Permission.RoutingRead);

    private static readonly PermissionSet OfTenantAdmin = PermissionSet.All.Except(
        PermissionSet.Of(Permission.TenantsWrite, Permission.SystemRead, Permission.SystemWrite));

    /// <summary>All words, as people are told what is accepted.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetValues<Role>().Select(Word)];

    /// <summary>The permissions of a role.</summary>
    public static PermissionSet PermissionsOf(Role role) => role switch
    {
        Role.Operator => PermissionSet.All,
        Role.TenantAdmin => OfTenantAdmin,
        Role.Supervisor => OfSupervisor,
        Role.Agent => OfAgent,
        _ => OfReadOnly,
    };

    /// <summary>The word of a role: <c>TenantAdmin</c> is <c>tenant-admin</c>.</summary>
    public static string Word(Role role) => role switch
    {
        Role.Operator => "operator",
        Role.TenantAdmin => "tenant-admin",
        Role.Supervisor => "supervisor",
        Role.Agent => "agent",
        _ => "read-only",
    };

    /// <summary>The role of a word; null for a word that is none.</summary>
    public static Role? Find(string? word)
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            if (Word(role) == word)
                return role;
        }

        return null;
    }

    /// <summary>
    /// True when somebody with <paramref name="permissions"/> may make users of <paramref name="role"/>: nobody grants more than he has himself.
    /// </summary>
    public static bool MayGrant(PermissionSet permissions, Role role) => PermissionsOf(role).IsWithin(permissions);
}
