using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Routing;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Parking;

/// <summary>What transfers to a slot, or to the number that parks, mean. A slot is taken before anybody moves: when none is free, the two talk on.</summary>
internal sealed class ParkingTransfers(SharedState shared)
{
    /// <summary>The plan of a transfer: with a slot of its own, where it leads to one; or the refusal, when that is not free.</summary>
    /// <param name="plan">What dialling the number would do.</param>
    /// <param name="order">The transfer.</param>
    /// <param name="tenant">Whose call it is.</param>
    /// <param name="by">Who transfers.</param>
    /// <param name="slot">The slot; null for a transfer to somewhere else.</param>
    public CallPlan Park(CallPlan plan, ReferOrder order, TenantId tenant, string by, out ParkingSlot? slot)
    {
        slot = null;
        var wanted = plan.Only is not DialDecision.Serve { Service: var service } ? null : service switch
        {
            ExchangeService.Park { Reserved: { } kept } => Keep(kept, out slot),
            ExchangeService.Park park => park.Slot,
            ExchangeService.ReserveSlot => "",
            ExchangeService.Retrieve retrieve when order.Replaces is null => retrieve.Slot,
            _ => null,
        };
        if (wanted is null)
            return plan;

        slot = shared.Parking.Reserve(tenant, wanted, by);
        return CallPlan.Of(slot is null
            ? new DialDecision.Reject(486, EndReason.Busy, wanted.Length > 0 ? "The slot is not free" : "No slot is free")
            : new DialDecision.Serve(new ExchangeService.Park(slot.Number) { Reserved = slot }));
    }

    /// <summary>
    /// Who asks has dialled the number that parks, and heard a slot: the one whom he transfers there gets it, and his own call with the exchange ends. Null for any other dialog.
    /// </summary>
    public ParkingSlot? Inherit(TenantId tenant, DialogName dialog, string by)
    {
        if (shared.Parking.Inherit(tenant, dialog.CallId, by) is not { } slot)
            return null;

        foreach (var call in shared.Calls.All())
        {
            var snapshot = call.Model.Snapshot;
            if (snapshot.CallerSipCallId == dialog.CallId && snapshot.CallerNumber == by && snapshot.Tenant == tenant)
                call.Environment.PostToShard(() => call.HangUp(EndReason.Transferred));
        }

        return slot;
    }

    /// <summary>The slot is free again when the call ends before it is served there.</summary>
    public void FreeAtEnd(LiveCall call, ParkingSlot slot)
    {
        var before = call.Ended;
        call.Ended = ending =>
        {
            shared.Parking.Free(slot);
            before?.Invoke(ending);
        };
    }

    private static string? Keep(ParkingSlot kept, out ParkingSlot slot)
    {
        slot = kept;
        return null;
    }
}
