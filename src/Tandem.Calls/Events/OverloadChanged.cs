using Tandem.Calls.Tenants;
using Tandem.Sip.Overload;

namespace Tandem.Calls.Events;

/// <summary>A shard has begun to refuse work because it is behind, or has stopped to; see <see cref="OverloadOptions"/>.</summary>
/// <param name="Shard">The number of the shard, from 0.</param>
/// <param name="Report">How far it is, or was, behind.</param>
public sealed record OverloadChanged(TenantId Tenant, int Shard, OverloadReport Report, DateTimeOffset At) : ExchangeEvent(Tenant, At);
