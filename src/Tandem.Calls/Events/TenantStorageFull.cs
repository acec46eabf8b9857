using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>A tenant has stored all that it may: nothing is recorded or uploaded until there is room. Raised once for each time.</summary>
/// <param name="Used">Bytes of recordings and sounds.</param>
/// <param name="Limit">What it may have, in bytes.</param>
public sealed record TenantStorageFull(TenantId Tenant, long Used, long Limit, DateTimeOffset At) : ExchangeEvent(Tenant, At);
