using System.Net;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;

namespace Tandem.Storage.Administration;

/// <summary>An API token without its secret.</summary>
/// <param name="Id">Its key in the API.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Prefix">The first characters of the token, so that people can tell tokens apart.</param>
/// <param name="ExpiresAt">When it stops working; null for never.</param>
public sealed record ApiToken(string Id, TenantId Tenant, string Name, string Prefix, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    /// <summary>What it was made for.</summary>
    public PermissionSet Scopes { get; init; } = PermissionSet.All;

    /// <summary>The role that bounds it: its own, and not more than its maker has now.</summary>
    public Role Role { get; init; }

    /// <summary>Prefixes that it may come from, separated by commas; empty for any.</summary>
    public string Addresses { get; init; } = "";

    public TenantId MakerTenant { get; init; }

    /// <summary>The user that made it; empty for the command line.</summary>
    public string MadeBy { get; init; } = "";

    /// <summary>When it was used last, to the minute; null for never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>What it may do: its scopes, and no more than its role may.</summary>
    public PermissionSet Permissions => Scopes.And(Roles.PermissionsOf(Role));

    /// <summary>True when requests may come from this address.</summary>
    public bool Allows(IPAddress? source)
    {
        if (Addresses.Length == 0)
            return true;
        if (source is null)
            return false;

        var address = NetAddress.From(source, 0);
        foreach (var text in Addresses.Split(','))
        {
            if (NetPrefix.TryParse(text, out var prefix) && prefix.Contains(address))
                return true;
        }

        return false;
    }
}
