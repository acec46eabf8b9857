using Tandem.Calls.Tenants;

namespace Tandem.Storage.Administration;

/// <summary>A session in force.</summary>
/// <param name="Role">The role that the user has now.</param>
public sealed record SignedIn(TenantId Tenant, string UserName, Role Role, DateTimeOffset ExpiresAt);
