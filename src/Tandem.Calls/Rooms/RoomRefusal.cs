namespace Tandem.Calls.Rooms;

/// <summary>Why somebody does not come into a room.</summary>
public enum RoomRefusal
{
    None,

    /// <summary>There are too many rooms.</summary>
    TooManyRooms,

    /// <summary>It has as many members as it may.</summary>
    Full,

    /// <summary>A moderator has locked it.</summary>
    Locked,

    /// <summary>The PIN was wrong each time.</summary>
    WrongPin,
}
