using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Monitoring;

/// <summary>A supervisor at work, as he is now. Immutable.</summary>
/// <param name="Id">The call by which he listens; it names him in the API.</param>
/// <param name="Supervisor">His number.</param>
/// <param name="Agent">The number that he is at.</param>
/// <param name="Call">The call that he is at; null while he waits for the agent's next one.</param>
/// <param name="Mode">How he takes part.</param>
/// <param name="Follows">He stays when the call ends, and is at the agent's next one.</param>
/// <param name="StartedAt">Since when he listens.</param>
public sealed record MonitorSnapshot(TenantId Tenant, CallId Id, string Supervisor, string Agent, CallId? Call, MonitorMode Mode, bool Follows, DateTimeOffset StartedAt);
