using Tandem.Calls.Tenants;

namespace Tandem.Calls.Parking;

/// <summary>One use of a slot, from its reservation to the moment when it is free again. What changes is guarded by the <see cref="ParkingLot"/>.</summary>
internal sealed class ParkingSlot(TenantId tenant, string number, string by, string holder)
{
    public TenantId Tenant => tenant;

    public string Number => number;

    /// <summary>The number that parks; empty for none.</summary>
    public string By => by;

    /// <summary>The Call-ID of the dialog of who reserved it to transfer somebody here later; empty for any other use.</summary>
    public string Holder => holder;

    /// <summary>The call that waits; null while it is on its way.</summary>
    public ParkedCall? Parked { get; set; }

    /// <summary>Who retrieves it; null while nobody does.</summary>
    public WaitingPerson? Claim { get; set; }

    /// <summary>Has the parked call look at <see cref="Claim"/>; from any thread.</summary>
    public Action Wake { get; set; } = static () => { };
}
