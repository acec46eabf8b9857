using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Parking;

/// <summary>Finds ringing calls that an extension may pick up, and takes them.</summary>
internal static class Pickups
{
    // More calls of one tenant that ring in the same moment nobody looks through by ear.
    private const int MostCandidates = 64;

    /// <summary>
    /// Calls that may ring at such a number, the oldest first; which of them do is seen on their shards only.
    /// </summary>
    /// <param name="mayTake">Says whether the calls of a number may be taken.</param>
    public static IReadOnlyList<LiveCall> Find(CallTable calls, TenantId tenant, string by, Func<string, bool> mayTake)
    {
        var found = new List<LiveCall>();
        foreach (var call in calls.All())
        {
            if (found.Count < MostCandidates && IsCandidate(call, tenant, by, mayTake))
                found.Add(call);
        }

        found.Sort(static (a, b) => string.CompareOrdinal(a.Model.Id.Value, b.Model.Id.Value));
        return found;
    }

    /// <summary>Takes a call that rings at a number that may be taken; false when it does not, or no longer. On the call's shard.</summary>
    public static bool TryTake(LiveCall call, WaitingPerson who, Func<string, bool> mayTake)
    {
        if (call.IsOver || call.Callee is not null || call.Control?.Pickup is { IsOver: false } || call.Origin is ServedOrigin { Person.MayBePickedUp: false })
            return false;

        foreach (var fork in call.Forks)
        {
            if (fork.IsOver || fork.HasFailed || fork.Trunk is not null || fork.Target.Transport == SipTransportKind.Internal || !mayTake(fork.Contact.Number))
                continue;

            var tenant = call.Model.Tenant;
            var (decision, addressing) = call.Environment.Transfers.TakePlace(tenant, call.Model.Snapshot.CallerNumber, who.Number, who.Dialog, call.Model.Snapshot.CallerIsPrivate);
            (call.Control ??= new CallControl(call)).Pickup = new PickupClaim(who, fork.Contact.Number, decision.Phones![0], addressing);
            call.Post(new CallSignal(CallSignalKind.PickedUp));
            return true;
        }

        return false;
    }

    /// <summary>He has the call; its record and its lamps say so.</summary>
    public static void Won(LiveCall call, PickupClaim pickup)
    {
        pickup.IsOver = true;
        var who = pickup.Who;
        call.Control!.TakenBy = who.Number;
        var environment = call.Environment;
        environment.Parking.CountPickup();
        call.Model.Note(now => now with { CalleeAddress = who.Address, CalleeSipCallId = who.Dialog.CallId });
        call.Model.Tell((now, at) => new CallPickedUp(now, pickup.Rang, who.Number, at), call.Now);
        call.SetRinging([who.Number]);
        environment.Calls.PartCallee(call);
        environment.NumberChanged(call.Model.Tenant, call.Model.Snapshot.CalleeNumber);
    }

    // What rings for somebody who is connected already (a menu, click-to-call) is named nowhere else.
    private static bool IsCandidate(LiveCall call, TenantId tenant, string by, Func<string, bool> mayTake)
    {
        if (call.Model.IsHidden || call.Model.Tenant != tenant)
            return false;

        var snapshot = call.Model.Snapshot;
        if (snapshot.CallerNumber == by)
            return false;
        if (call.Origin is ServedOrigin)
            return true;

        return snapshot.State is CallState.Initiated or CallState.Ringing && (mayTake(snapshot.CalleeNumber) || call.Others?.Any(mayTake) is true);
    }
}
