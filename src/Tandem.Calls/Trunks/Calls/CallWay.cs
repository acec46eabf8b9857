using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Trunks.Calls;

/// <summary>
/// Which way a call goes and by which profile: to outside when its callee is there, whoever calls; else from outside when its caller is
/// there. So whoever is outside is the number that the record shows on that side, also after a transfer.
/// </summary>
internal static class CallWay
{
    private static readonly (CallDirection Direction, string ProfileId) Inside = (CallDirection.Internal, "");

    /// <summary>
    /// A call that is about to ring. Of the profiles of a call to outside it is the first one; which of them it went by is known when it rings.
    /// </summary>
    /// <param name="caller">What the caller's leg holds of a provider; null for a phone of ours.</param>
    /// <param name="decision">What the dial plan says.</param>
    public static (CallDirection Direction, string ProfileId) Of(TrunkUse? caller, DialDecision decision) => decision is DialDecision.Trunk { Routes: [var first, ..] }
        ? (CallDirection.Outbound, first.Profile.Id.Value)
        : caller is null ? Inside : (CallDirection.Inbound, caller.Profile.Id.Value);

    /// <summary>A call whose callee is this leg, taken over from another call.</summary>
    public static (CallDirection Direction, string ProfileId) To(Leg callee) =>
        callee.Trunk is { } trunk ? (CallDirection.Outbound, trunk.Profile.Id.Value) : Inside;

    /// <summary>A call to whoever stays when the leg with this dialog leaves its call, which may be on another shard.</summary>
    /// <param name="calls">The calls of all shards.</param>
    /// <param name="tenant">Whose calls it may be among.</param>
    /// <param name="leaving">The dialog that is replaced, in the exchange's view.</param>
    public static (CallDirection Direction, string ProfileId) To(IEnumerable<LiveCall> calls, TenantId tenant, DialogName leaving)
    {
        foreach (var call in calls)
        {
            var snapshot = call.Model.Snapshot;
            if (snapshot.Tenant != tenant || snapshot.Direction == CallDirection.Internal || snapshot.State != CallState.Established)
                continue;

            var left = snapshot.Direction == CallDirection.Outbound ? snapshot.CallerSipCallId : snapshot.CalleeSipCallId;
            if (left == leaving.CallId)
                return (CallDirection.Outbound, snapshot.ProfileId);
        }

        return Inside;
    }
}
