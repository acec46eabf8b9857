using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>A caller joined a queue, is offered to agents, has one, or has left.</summary>
/// <param name="Step">What happened.</param>
public sealed record QueueCallerEvent(TenantId Tenant, QueueNotice.Caller Step, DateTimeOffset At) : ExchangeEvent(Tenant, At);
