using Tandem.Calls.Calls.Legs;

namespace Tandem.Calls.Calls.Commands;

/// <summary>Somebody whom the exchange itself serves: in a menu, a queue, a room, before an announcement, in a slot. On the call's shard.</summary>
internal static class ServedPerson
{
    /// <summary>Their leg; null when that side of the call talks to a phone, is not answered, or goes.</summary>
    public static Leg? Of(LiveCall call, CallSide side) =>
        side == CallSide.Caller && call is { IsOver: false, IsAnswered: true, Callee: null, Person.IsGone: false, Caller: { IsOver: false } leg } && leg.Call == call ? leg : null;
}
