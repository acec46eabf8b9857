using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Parking;

namespace Tandem.Calls.Calls.Stories;

/// <content>Somebody takes the call whose phone does not ring: his leg is one more contact, whose answer comes at once.</content>
internal sealed partial class RingingStory
{
    private PickupClaim? _pickup;

    private void DialPickup()
    {
        if (call.Control?.Pickup is not { Fork: null, IsOver: false } pickup)
            return;

        _pickup = pickup;
        pickup.Fork = new OutboundLeg(call, pickup.Addressing.For(pickup.Contact), OfferFor(pickup.Contact));
        call.AddFork(pickup.Fork);
        _ringing++;
        pickup.Fork.Dial();
    }

    // He has gone, or his phone cannot: the others ring on.
    private void DropPickup()
    {
        _ringing--;
        _pickup!.Fail();
        _pickup = null;
    }

    private void EndPickup(OutboundLeg winner)
    {
        if (_pickup is not { } pickup)
            return;

        if (winner == pickup.Fork)
            Pickups.Won(call, pickup);
        else
            pickup.Fail();
        _pickup = null;
    }
}
