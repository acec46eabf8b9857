using Tandem.Calls.Tenants;

namespace Tandem.Calls.Routing;

/// <summary>A call that is not placed: where would it go?</summary>
/// <param name="Tenant">Whose call.</param>
/// <param name="From">The number that calls.</param>
/// <param name="To">The number that is dialled, a number of the tenant for a call of a provider, or a destination.</param>
/// <param name="At">When.</param>
/// <param name="Trunk">The id of the profile that it comes by; empty for a call of a phone.</param>
/// <param name="Headers">Header fields of its INVITE; null for none.</param>
public sealed record RouteInquiry(TenantId Tenant, string From, string To, DateTimeOffset At, string Trunk = "", IReadOnlyDictionary<string, string>? Headers = null);
