using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;
using Tandem.Core.Time;

namespace Tandem.Calls.Parking;

/// <summary>
/// The person waits in a slot and hears music, until somebody retrieves him, he hangs up, or his time is over: then who parked him is rung again, and after that he goes where the
/// options say.
/// </summary>
internal sealed class ParkProgram(ExchangeService.Park order) : ICallProgram
{
    private ParkingSlot? _slot = order.Reserved;

    public CallEnding? Prepare(ServedCall person)
    {
        var environment = person.Call.Environment;
        _slot ??= environment.Parking.Reserve(person.Tenant, order.Slot, by: "");
        if (_slot is not { } slot)
            return CallEnding.For(EndReason.Busy, CallSide.Exchange, person.Call.IsAnswered, order.Slot.Length > 0 ? "The slot is not free" : "No slot is free");

        person.AtEnd(() => Leave(environment, slot));
        return null;
    }

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var (call, slot) = (person.Call, _slot!);
        var (environment, lot) = (call.Environment, call.Environment.Parking);
        if (person.IsGone)
            return null;

        var snapshot = call.Model.Snapshot;
        var due = call.Now + lot.Options.TimeLimit;
        var clock = environment.WallClock;
        var parked = new ParkedCall(person.Tenant, slot.Number, call.Model.Id, person.Leg.Number, snapshot.CallerIsPrivate, slot.By, clock.ToUtc(call.Now), clock.ToUtc(due));
        if (!lot.Park(slot, parked, person.Wake))
            return CallEnding.For(EndReason.ServerError, CallSide.Exchange, answered: true, "The slot was lost");

        call.Model.Tell((now, at) => new CallParked(now, slot.Number, slot.By, at), call.Now);
        environment.NumberChanged(person.Tenant, slot.Number);
        person.Loop(Prompt.Music());
        while (!person.IsGone)
        {
            await person.ListenAsync(null, due - call.Now, () => slot.Claim is not null);
            if (person.IsGone)
                break;
            if (slot.Claim is { } who)
            {
                if (await GiveAsync(person, slot, who))
                    return await person.TalkAsync();
            }
            else if (call.Now >= due && lot.TryExpire(slot))
            {
                return await ExpireAsync(person, slot);
            }
        }

        return null;
    }

    // The phone of who retrieves is asked with what the two can speak; the parked phone is told nothing, and hears music till then.
    private static async ValueTask<bool> GiveAsync(ServedCall person, ParkingSlot slot, WaitingPerson who)
    {
        var call = person.Call;
        var environment = call.Environment;
        var (decision, addressing) = environment.Transfers.TakePlace(person.Tenant, person.Leg.Number, who.Number, who.Dialog, call.Model.Snapshot.CallerIsPrivate);
        var outcome = await person.ConnectAsync(
            decision, new ConnectOrder { Number = who.Number, Timeout = environment.Parking.Options.FetchLimit, Meanwhile = null, Addressing = addressing, MayBePickedUp = false });
        if (!outcome.IsConnected)
        {
            environment.Parking.Reopen(slot);
            return false;
        }

        environment.Calls.Change(call, now => now with { CalleeNumber = who.Number, CalleeAddress = who.Address, CalleeSipCallId = who.Dialog.CallId });
        environment.Parking.Retrieve(slot);
        call.Model.Tell((now, at) => new CallRetrieved(now, slot.Number, who.Number, at), call.Now);
        environment.NumberChanged(person.Tenant, slot.Number);
        return true;
    }

    private static async ValueTask<CallEnding?> ExpireAsync(ServedCall person, ParkingSlot slot)
    {
        var call = person.Call;
        var environment = call.Environment;
        var options = environment.Parking.Options;
        call.Model.Tell((now, at) => new CallParkExpired(now, slot.Number, slot.By, at), call.Now);
        environment.NumberChanged(person.Tenant, slot.Number);
        if (slot.By.Length > 0)
        {
            // The phones of who parked, whatever is forwarded from there: it is his call.
            var decision = environment.Router.DecideInside(new RouteRequest(person.Tenant, person.Leg.Number, slot.By), slot.By);
            var outcome = await person.ConnectAsync(
                decision,
                new ConnectOrder
                {
                    Number = slot.By,
                    Timeout = options.ReturnTime,
                    Meanwhile = null,
                    Addressing = environment.Transfers.Addressing(person.Tenant, person.Leg.Number, slot.By, call.Model.Snapshot.CallerIsPrivate),
                });
            if (outcome.IsConnected)
            {
                environment.Calls.Change(call, now => now with { CalleeNumber = slot.By });
                return await person.TalkAsync();
            }
        }

        if (!person.IsGone && Destination.TryParse(options.Fallback, out var to, out _))
            return await SendOnward.RunAsync(person, to);

        await person.PlayAsync(Prompt.Sounds("cannot-complete"));
        return CallEnding.For(EndReason.NoAnswer, CallSide.Exchange, answered: true, "Nobody retrieved the call");
    }

    private static void Leave(CallEnvironment environment, ParkingSlot slot)
    {
        if (environment.Parking.Free(slot) && slot.Parked is not null)
            environment.NumberChanged(slot.Tenant, slot.Number);
    }
}
