using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events.Public;

/// <summary>An event as the outside sees it: webhooks, and whatever else carries events away.</summary>
/// <param name="Id">The same however often it is sent: letters, digits, <c>_</c> and <c>-</c>.</param>
/// <param name="Type">For example <c>call.ended</c>; see <see cref="PublicEventTypes"/>.</param>
/// <param name="CallId">The call that it belongs to; empty when it belongs to none. Events of one call are in order.</param>
/// <param name="Sequence">Grows from event to event of one node: microseconds since 1970, never twice the same.</param>
/// <param name="At">When it happened, UTC.</param>
/// <param name="Body">JSON in UTF-8: <c>{id, type, timestamp, tenant, callId, data}</c>.</param>
public sealed record PublicEvent(string Id, string Type, TenantId Tenant, string CallId, long Sequence, DateTimeOffset At, byte[] Body);
