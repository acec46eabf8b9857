using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Rooms;

/// <summary>One call in a room. What can change of it the table changes, under its lock.</summary>
public sealed class RoomVisit(RoomKey room, MemberId member, RoomEntry entry)
{
    /// <summary>The room that it is in; another one after a move.</summary>
    public RoomKey Room { get; internal set; } = room;

    /// <summary>Its number there.</summary>
    public MemberId Member { get; internal set; } = member;

    /// <summary>It has left, or was taken out.</summary>
    public bool IsOver { get; internal set; }

    /// <summary>It was told that the room is over for all.</summary>
    internal bool IsToldOfEnd { get; set; }

    public IMediaSession Session => entry.Session;

    public CallSide Side => entry.Side;

    public CallId Call => entry.Call;

    public string Number => entry.Number;

    public RoomEntry Entry => entry;
}
