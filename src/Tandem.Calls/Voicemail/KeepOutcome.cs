namespace Tandem.Calls.Voicemail;

/// <summary>What became of a message that was left.</summary>
public enum KeepOutcome : byte
{
    Kept,

    /// <summary>The box is full, or the message too short.</summary>
    Refused,

    /// <summary>The extension was removed while the message was said.</summary>
    NoOwner,

    /// <summary>The database is away: the message waits on the disk, and is in its box when the database is back.</summary>
    Waiting,

    /// <summary>It could not be stored.</summary>
    Failed,
}
