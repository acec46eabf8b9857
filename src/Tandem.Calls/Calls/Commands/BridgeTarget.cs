using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Calls.Commands;

/// <summary>A party that is to be connected with somebody in another call.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Leaving">The dialog of its partner, whose place is taken.</param>
internal sealed record BridgeTarget(string Number, DialogName Leaving)
{
    /// <summary>The party on a side of a call; null when it talks to nobody. On the call's shard.</summary>
    public static BridgeTarget? Of(LiveCall call, CallSide side)
    {
        if (call.IsOver || !call.IsAnswered || !call.IsWhole)
            return null;

        var (kept, leaving) = side == CallSide.Caller ? (call.Caller, call.Callee!) : (call.Callee!, call.Caller);
        return leaving.Dialog is { } dialog ? new BridgeTarget(kept.Number, DialogName.Of(dialog)) : null;
    }
}
