using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Administration;

/// <summary>A row of <c>users</c>.</summary>
internal sealed class UserRow
{
    public string TenantId { get; set; } = "";

    public string UserName { get; set; } = "";

    public string DisplayName { get; set; } = "";

    public string PasswordHash { get; set; } = "";

    public string Role { get; set; } = "";

    public long Enabled { get; set; }

    public long Failures { get; set; }

    public long LockedUntil { get; set; }

    public string TotpSecret { get; set; } = "";

    public string TotpPending { get; set; } = "";

    public long TotpStep { get; set; }

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }

    public UserAccount ToUser(long now) => new(
        new TenantId(TenantId), UserName, DisplayName, ReadRole(Role), Enabled != 0, TotpSecret.Length > 0, LockedUntil > now ? LockedUntil.ToTime() : null,
        CreatedAt.ToTime(), ChangedAt.ToTime());

    // A role that this program does not know grants the least.
    public static Role ReadRole(string word) => Roles.Find(word) ?? Tandem.Calls.Tenants.Role.ReadOnly;
}
