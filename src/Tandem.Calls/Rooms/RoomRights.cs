namespace Tandem.Calls.Rooms;

/// <summary>What each <see cref="RoomRole"/> may do by telephone. The API asks for a permission of its user instead.</summary>
public static class RoomRights
{
    /// <summary>Is heard, and mutes himself.</summary>
    public static bool MaySpeak(this RoomRole role) => role >= RoomRole.Participant;

    /// <summary>Those who wait come in when he does; he mutes others, locks, records.</summary>
    public static bool MayModerate(this RoomRole role) => role >= RoomRole.Moderator;

    /// <summary>Ends the room; comes into a full one.</summary>
    public static bool MayEnd(this RoomRole role) => role == RoomRole.Admin;
}
