using Tandem.Calls.Tenants;
using Tandem.Core.Net;

namespace Tandem.Calls.Events;

/// <summary>Somebody showed credentials that are wrong (unknown user or wrong secret: which, is not told apart).</summary>
/// <param name="Source">Where the request came from.</param>
/// <param name="Claimed">The number in From, unverified, as it was written; empty when there is none.</param>
/// <param name="Method">The method of the request, for example <c>REGISTER</c>.</param>
/// <param name="BannedFor">For how long the source is not heard now; null when this failure led to no ban.</param>
public sealed record AuthenticationFailed(TenantId Tenant, NetAddress Source, string Claimed, string Method, TimeSpan? BannedFor, DateTimeOffset At)
    : ExchangeEvent(Tenant, At);
