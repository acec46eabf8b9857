using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>Base of everything that the exchange tells the world. CDR, REST, logs and metrics see only these.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="At">When it happened, UTC.</param>
public abstract record ExchangeEvent(TenantId Tenant, DateTimeOffset At);
