using Tandem.Calls.Tenants;

namespace Tandem.Calls.Queues;

/// <summary>A queue as it is stored.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Settings">How it behaves.</param>
/// <param name="Members">Who serves it, by number.</param>
public sealed record StoredQueue(TenantId Tenant, QueueSettings Settings, IReadOnlyList<QueueMember> Members);
