namespace Tandem.Media.Mixing;

/// <summary>How a supervisor takes part in a conversation.</summary>
public enum MonitorMode
{
    /// <summary>Hears everybody, heard by nobody.</summary>
    Listen,

    /// <summary>Hears everybody, heard by one: the agent.</summary>
    Whisper,

    /// <summary>Hears and is heard by everybody.</summary>
    Barge,

    /// <summary>Hears everybody, heard by the other party and not by the agent.</summary>
    Other,
}
