using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// Parks one side: it waits in a slot with music, and the other side gets BYE, or the service that the caller was in is told. The outcome is told with the number of the slot, before which the call is as it was.
/// </summary>
/// <param name="Moved">Which side is parked.</param>
/// <param name="Slot">The slot; empty for the first that is free.</param>
public sealed record ParkCommand(CallSide Moved, string Slot = "") : CallCommand
{
    public override string Name => "park";

    internal override CommandReply Run(CommandContext context)
    {
        var lot = context.Call.Environment.Parking;
        if (Slot.Length > 0 && !lot.Options.IsSlot(Slot))
            return context.Invalid("slot must be the number of a slot");

        // Nobody has parked who comes from a service: his time ends where the options say.
        var other = Moved == CallSide.Caller ? CallSide.Callee : CallSide.Caller;
        var parker = context.LegOf(other);
        if (parker is null && ServedPerson.Of(context.Call, Moved) is null)
            return context.Refused("The call is not between two phones that talk, nor served by the exchange");
        if (lot.Reserve(context.Call.Model.Tenant, Slot, parker?.Number ?? "") is not { } slot)
            return context.Refused(Slot.Length > 0 ? "The slot is not free" : "No slot is free");

        var order = new ReferOrder(slot.Number, "", IsSecure: false, Replaces: null, WantsNotifies: true, MaxForwards: -1) { Slot = slot };
        var reply = TransferCommand.Begin(context, Moved, order, slot.Number);
        if (!reply.IsAccepted)
            lot.Free(slot);
        return reply;
    }
}
