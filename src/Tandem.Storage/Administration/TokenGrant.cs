using Tandem.Calls.Tenants;

namespace Tandem.Storage.Administration;

/// <summary>What a new token may do and from where.</summary>
/// <param name="Role">The most that it may be, whoever makes it.</param>
/// <param name="MakerTenant">The tenant of the user that makes it.</param>
/// <param name="MadeBy">That user; empty for the command line.</param>
/// <param name="Addresses">Prefixes (<c>192.0.2.0/24</c>) separated by commas; empty for any.</param>
public sealed record TokenGrant(PermissionSet Scopes, Role Role, TenantId MakerTenant, string MadeBy = "", string Addresses = "")
{
    /// <summary>All that a token of this tenant can do, from anywhere.</summary>
    public static TokenGrant Whole(TenantId tenant) => new(PermissionSet.All, tenant == TenantId.Default ? Role.Operator : Role.TenantAdmin, tenant);
}
