using Tandem.Calls.Tenants;

namespace Tandem.Calls.Security.Toll;

/// <summary>What the guard counts of a tenant, for people. Calls and money are those of all nodes.</summary>
/// <param name="Calls">Calls to outside in progress.</param>
/// <param name="InLastMinute">Calls to outside that began in the last 60 seconds.</param>
/// <param name="SpentToday">Money of the day, calls in progress included.</param>
/// <param name="Admitted">Calls that this node let go since its start.</param>
/// <param name="Refused">Calls that were not.</param>
/// <param name="Block">What shuts the way out now; null for nothing.</param>
public sealed record TollAccountSnapshot(TenantId Tenant, int Calls, int InLastMinute, decimal SpentToday, long Admitted, long Refused, TollBlock? Block);
