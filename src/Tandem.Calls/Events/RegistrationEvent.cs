using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>A binding came, was refreshed or went.</summary>
/// <param name="Binding">The binding as it is now, or as it was when it went.</param>
/// <param name="Change">What happened.</param>
public sealed record RegistrationEvent(TenantId Tenant, Binding Binding, RegistrationChange Change, DateTimeOffset At)
    : ExchangeEvent(Tenant, At);
