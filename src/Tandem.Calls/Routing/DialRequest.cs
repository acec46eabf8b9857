using Tandem.Calls.Tenants;

namespace Tandem.Calls.Routing;

/// <summary>Who calls whom.</summary>
/// <param name="Tenant">The tenant of the caller.</param>
/// <param name="CallerNumber">The authenticated extension; never what From claims.</param>
/// <param name="CalledNumber">The user part of the Request-URI, unescaped.</param>
/// <param name="IsSips">The Request-URI is sips: every hop must be TLS (RFC 5630 §5.3).</param>
public readonly record struct DialRequest(TenantId Tenant, string CallerNumber, string CalledNumber, bool IsSips = false);
