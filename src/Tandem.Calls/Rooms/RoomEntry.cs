using Tandem.Calls.Calls;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Rooms;

/// <summary>Somebody who wants to come into a room.</summary>
/// <param name="Definition">What the room is like; it counts for the one who makes it.</param>
/// <param name="Session">His media session.</param>
/// <param name="Side">Which side of it he is.</param>
/// <param name="Call">His call.</param>
/// <param name="Number">His number.</param>
/// <param name="Role">What he is there.</param>
/// <param name="Tell">Told what becomes of him, on any thread and while the table is held: it only posts.</param>
public sealed record RoomEntry(RoomDefinition Definition, IMediaSession Session, CallSide Side, CallId Call, string Number, RoomRole Role, Action<RoomNotice> Tell)
{
    /// <summary>He was called for the room, and comes in like this; null for who dialled it.</summary>
    public RoomGuest? Guest { get; init; }
}
