namespace Tandem.Media.Events;

/// <summary>Why a recording is over.</summary>
public enum RecordingEnd
{
    /// <summary>It was stopped.</summary>
    Stopped,

    /// <summary>The session or the mix was closed.</summary>
    Closed,

    /// <summary>It reached its longest duration.</summary>
    Limit,

    /// <summary>The disk is full or cannot be written.</summary>
    Storage,
}
