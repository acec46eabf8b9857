namespace Tandem.Calls.Calls;

/// <summary>What can be asked of the recording of a call.</summary>
public enum RecordingAction : byte
{
    /// <summary>Begin one; the call must be answered and not recorded.</summary>
    Start,

    /// <summary>End it, in any state.</summary>
    Stop,

    /// <summary>Keep nothing, until <see cref="Resume"/>.</summary>
    Pause,

    Resume,

    /// <summary>Keep silence, until <see cref="Unmask"/>.</summary>
    Mask,

    Unmask,
}
