using Tandem.Calls.Tenants;

namespace Tandem.Calls.Registrar;

/// <summary>An address-of-record in canonical form (RFC 3261 §10.3 step 5): the tenant stands for the domain.</summary>
internal readonly record struct AorKey(TenantId Tenant, string Number);
