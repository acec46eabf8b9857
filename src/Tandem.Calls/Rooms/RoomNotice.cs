namespace Tandem.Calls.Rooms;

/// <summary>What becomes of a member of a room.</summary>
public enum RoomNotice
{
    /// <summary>The moderator is there: he is in the room now.</summary>
    Admitted,

    /// <summary>He waits for a moderator again: the room that he was brought to has none.</summary>
    Waiting,

    /// <summary>He has been taken out: his call ends.</summary>
    Removed,

    /// <summary>The room is over for all: his call ends.</summary>
    Ended,
}
