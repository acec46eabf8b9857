namespace Tandem.Calls.Rooms;

/// <summary>What somebody is in a room; each may do what those before it may.</summary>
public enum RoomRole
{
    /// <summary>Hears and is not heard; may raise a hand.</summary>
    Listener,

    /// <summary>Speaks, and mutes himself.</summary>
    Participant,

    /// <summary>Lets those in who wait; mutes the others, locks the room, records it, comes into a locked one.</summary>
    Moderator,

    /// <summary>Ends the room for all, and finds a place in a full one.</summary>
    Admin,
}
