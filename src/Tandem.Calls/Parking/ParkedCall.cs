using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Parking;

/// <summary>A call that waits in a slot.</summary>
/// <param name="Tenant">Whose slot it is.</param>
/// <param name="Slot">The number that retrieves it.</param>
/// <param name="Call">The call.</param>
/// <param name="Number">Who is parked.</param>
/// <param name="IsPrivate">He wants to stay unknown.</param>
/// <param name="ParkedBy">The number that parked him; empty when no phone did.</param>
/// <param name="At">Since when.</param>
/// <param name="Until">When it goes back to who parked it.</param>
public sealed record ParkedCall(TenantId Tenant, string Slot, CallId Call, string Number, bool IsPrivate, string ParkedBy, DateTimeOffset At, DateTimeOffset Until);
