using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Monitoring;

/// <summary>Something that a supervisor did with the calls of others. All of it goes to the audit log too.</summary>
/// <param name="Kind">What.</param>
/// <param name="Supervisor">His number.</param>
/// <param name="SupervisorCall">The call by which he listens.</param>
/// <param name="Agent">The number that he is at.</param>
/// <param name="Call">The call that he is at; null when he is at none.</param>
/// <param name="Mode">How he takes part.</param>
/// <param name="Text">Why, for a refusal or an end; empty otherwise. Never a PIN.</param>
public sealed record MonitorEvent(
    TenantId Tenant, MonitorEventKind Kind, string Supervisor, CallId SupervisorCall, string Agent, CallId? Call, MonitorMode Mode, string Text, DateTimeOffset At)
    : ExchangeEvent(Tenant, At);
