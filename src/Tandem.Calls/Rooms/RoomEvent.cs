using Tandem.Calls.Events;

namespace Tandem.Calls.Rooms;

/// <summary>Something that happened in a room.</summary>
/// <param name="Room">Which.</param>
/// <param name="Kind">What.</param>
/// <param name="Members">How many are in it now.</param>
/// <param name="Member">Whom it concerns, as he is now; null for the whole room, or for somebody who is not in it.</param>
/// <param name="Number">The number of whom it concerns; empty for the whole room.</param>
/// <param name="Text">What else there is to say: why, which recording, which sound. Never a PIN.</param>
public sealed record RoomEvent(RoomKey Room, RoomEventKind Kind, int Members, RoomMember? Member, string Number, string Text, DateTimeOffset At)
    : ExchangeEvent(Room.Tenant, At)
{
    /// <summary>The order by which somebody is rung; empty for what is none.</summary>
    public string CommandId { get; init; } = "";

    /// <summary>The call that rings for the room; null for none.</summary>
    public Calls.CallId? Call { get; init; }
}
