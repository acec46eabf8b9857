using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Parking;

namespace Tandem.Calls.Calls.Commands;

/// <summary>A party that is to be connected with somebody in another call.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Leaving">The dialog of its partner, whose place is taken.</param>
internal sealed record BridgeTarget(string Number, DialogName Leaving)
{
    /// <summary>The party itself, when the exchange serves it and nobody leaves: the dialog is its own. Null for a party that talks to somebody.</summary>
    public WaitingPerson? Fetches { get; private init; }

    /// <summary>The party on a side of a call, which talks to somebody or is served by the exchange; null when it is not there. On the call's shard.</summary>
    /// <param name="call">The call.</param>
    /// <param name="side">The side.</param>
    /// <param name="by">The call that wants it: somebody who is served belongs to that one until it has him, or lets go (<see cref="Release"/>).</param>
    public static BridgeTarget? Of(LiveCall call, CallSide side, CallId by) => ServedPerson.Of(call, side) is null ? Of(call, side) : Claim(call, by);

    /// <summary>The party on a side of a call; null when it talks to nobody. On the call's shard.</summary>
    public static BridgeTarget? Of(LiveCall call, CallSide side)
    {
        if (call.IsOver || !call.IsAnswered || !call.IsWhole)
            return null;

        var (kept, leaving) = side == CallSide.Caller ? (call.Caller, call.Callee!) : (call.Callee!, call.Caller);
        return leaving.Dialog is { } dialog ? new BridgeTarget(kept.Number, DialogName.Of(dialog)) : null;
    }

    /// <summary>It is not connected, after all; from any thread.</summary>
    public void Release() => Fetches?.Release();

    private static BridgeTarget? Claim(LiveCall call, CallId by)
    {
        if (call is { Control.IsOnTheWay: true } or { Transfer: not null } || (call.Control?.Waiting ?? WaitingPerson.Open(call.Person!)) is not { Into: null } waiting)
            return null;

        waiting.Into = by;
        return new BridgeTarget(waiting.Number, waiting.Dialog) { Fetches = waiting };
    }
}
