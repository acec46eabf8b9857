using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Tracing;

/// <summary>The trace of a call at one moment, for people and programs.</summary>
/// <param name="Id">The call.</param>
/// <param name="Tenant">Whose call it is.</param>
/// <param name="TraceId">What follows the call through logs and other services.</param>
/// <param name="BeganAt">When the first thing of it was seen.</param>
/// <param name="EndedAt">When the call ended; null while it is in progress.</param>
/// <param name="LeftOut">Entries that were not kept, because the call had as many bytes as it may have.</param>
/// <param name="Bytes">Bytes that are kept of it.</param>
/// <param name="Entries">What happened, in its order.</param>
public sealed record CallTrace(
    CallId Id, TenantId Tenant, string TraceId, DateTimeOffset BeganAt, DateTimeOffset? EndedAt, int LeftOut, int Bytes, IReadOnlyList<TraceEntry> Entries);
