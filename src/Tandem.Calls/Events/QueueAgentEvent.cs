using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>An agent logged in or out, is paused or free, rings, talks or writes up.</summary>
/// <param name="Agent">The agent right after it.</param>
public sealed record QueueAgentEvent(TenantId Tenant, AgentSnapshot Agent, DateTimeOffset At) : ExchangeEvent(Tenant, At);
