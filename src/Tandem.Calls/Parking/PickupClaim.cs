using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Registrar;

namespace Tandem.Calls.Parking;

/// <summary>Somebody takes a ringing call. Owned by the shard of that call, which dials him beside the phones that ring.</summary>
/// <param name="Who">Who.</param>
/// <param name="Rang">The number that rang.</param>
/// <param name="Contact">Where he waits.</param>
/// <param name="Addressing">How the caller is shown to him.</param>
internal sealed record PickupClaim(WaitingPerson Who, string Rang, Binding Contact, CalleeAddressing Addressing)
{
    /// <summary>The leg to him; null while it is not dialled.</summary>
    public OutboundLeg? Fork { get; set; }

    /// <summary>He has the call, or does not get it.</summary>
    public bool IsOver { get; set; }

    /// <summary>He does not get it; once.</summary>
    public void Fail()
    {
        if (IsOver)
            return;

        IsOver = true;
        Who.Fail();
    }
}
