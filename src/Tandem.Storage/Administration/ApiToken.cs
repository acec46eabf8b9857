using Tandem.Calls.Tenants;

namespace Tandem.Storage.Administration;

/// <summary>An API token without its secret.</summary>
/// <param name="Id">Its key in the API.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Prefix">The first characters of the token, so that people can tell tokens apart.</param>
/// <param name="ExpiresAt">When it stops working; null for never.</param>
public sealed record ApiToken(string Id, TenantId Tenant, string Name, string Prefix, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
