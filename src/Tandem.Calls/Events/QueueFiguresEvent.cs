using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>The figures of a queue have changed: told once a second at most.</summary>
/// <param name="Figures">How it stands.</param>
public sealed record QueueFiguresEvent(TenantId Tenant, QueueFigures Figures, DateTimeOffset At) : ExchangeEvent(Tenant, At);
