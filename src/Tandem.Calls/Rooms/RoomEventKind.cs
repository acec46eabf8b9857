namespace Tandem.Calls.Rooms;

/// <summary>What happens in a room.</summary>
public enum RoomEventKind
{
    /// <summary>The first came.</summary>
    Started,

    /// <summary>The last has left.</summary>
    Ended,

    /// <summary>Somebody came in; he may have to wait for the moderator.</summary>
    Joined,

    /// <summary>Somebody left, or was taken out.</summary>
    Left,

    /// <summary>Who waited is in the room now.</summary>
    Admitted,

    /// <summary>A member was muted, made deaf, louder, or has another role.</summary>
    MemberChanged,

    /// <summary>A hand was raised or taken down.</summary>
    Hand,

    /// <summary>A member began to speak.</summary>
    Talking,

    /// <summary>A member fell silent.</summary>
    Silent,

    /// <summary>Somebody else is the loudest now.</summary>
    Speaker,

    Locked,

    Unlocked,

    /// <summary>The recording of the room began or ended.</summary>
    Recording,

    /// <summary>Somebody did not come in; the text says why.</summary>
    Refused,

    /// <summary>Something is played to the room, or to one.</summary>
    Played,

    /// <summary>Somebody is rung who is to be added.</summary>
    Dialling,

    /// <summary>He is not rung any more; the text says how that ended.</summary>
    Dialled,
}
