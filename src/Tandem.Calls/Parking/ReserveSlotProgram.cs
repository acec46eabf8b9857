using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Parking;

/// <summary>
/// Who has somebody to park hears the number of a slot, which is kept for him until he transfers that one to here (attended, RFC 5589 §7), or has waited too long.
/// </summary>
internal sealed class ReserveSlotProgram : ICallProgram
{
    private ParkingSlot? _slot;

    public CallEnding? Prepare(ServedCall person)
    {
        if (OwnPhone.NumberOf(person) is not { } number || person.Leg.Dialog is not { } dialog)
            return CallEnding.For(EndReason.Forbidden, CallSide.Exchange, person.Call.IsAnswered, "Only a phone of the tenant parks");

        var lot = person.Call.Environment.Parking;
        _slot = lot.Reserve(person.Tenant, "", number, System.Text.Encoding.UTF8.GetString(dialog.CallId));
        if (_slot is not { } slot)
            return CallEnding.For(EndReason.Busy, CallSide.Exchange, person.Call.IsAnswered, "No slot is free");

        person.AtEnd(() => lot.Free(slot));
        return null;
    }

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        await person.PauseAsync(TimeSpan.FromMilliseconds(300)); // until the path is there, and the first digit is heard
        await person.PlayAsync(SlotPrompt.Of(_slot!.Number), keysStop: false);
        await person.PauseAsync(person.Call.Environment.Parking.Options.ReservationLimit);
        return null;
    }
}
