using Tandem.Calls.Tenants;

namespace Tandem.Storage.Administration;

/// <summary>Somebody who signs in.</summary>
/// <param name="Name">The name to sign in with; unique in the tenant, in lower case.</param>
/// <param name="Enabled">False: no sign-in, and tokens that he made do not work.</param>
/// <param name="HasSecondFactor">A code is asked for besides the password.</param>
/// <param name="LockedUntil">Until when not even the right password is accepted; null when it is.</param>
public sealed record UserAccount(
    TenantId Tenant, string Name, string DisplayName, Role Role, bool Enabled, bool HasSecondFactor, DateTimeOffset? LockedUntil, DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt);
