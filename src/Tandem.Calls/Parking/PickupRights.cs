namespace Tandem.Calls.Parking;

/// <summary>Whose ringing calls a phone may pick up by their number.</summary>
public enum PickupRights
{
    /// <summary>Those of its own pickup group.</summary>
    Group,

    /// <summary>Those of any extension of its tenant.</summary>
    Tenant,

    /// <summary>Nobody's but its own extension's.</summary>
    Own,
}
