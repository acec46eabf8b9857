using Tandem.Calls.Tenants;

namespace Tandem.Storage.Administration;

/// <summary>A session in force.</summary>
public sealed record SignedIn(TenantId Tenant, string UserName, DateTimeOffset ExpiresAt);
