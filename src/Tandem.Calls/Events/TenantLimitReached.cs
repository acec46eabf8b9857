using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>A call or a registration of a tenant was refused by one of its limits. Raised at most once a minute for each limit.</summary>
/// <param name="Limit">Which one.</param>
/// <param name="Most">What it may have.</param>
/// <param name="Refused">How often it was refused by this limit since the start of this node.</param>
public sealed record TenantLimitReached(TenantId Tenant, TenantLimit Limit, int Most, long Refused, DateTimeOffset At) : ExchangeEvent(Tenant, At);
