namespace Tandem.Calls.Calls;

/// <summary>Whether a call is being recorded.</summary>
public enum CallRecordingState : byte
{
    None,

    /// <summary>What is said is kept.</summary>
    Recording,

    /// <summary>Nothing is kept, and the recording's time stands still.</summary>
    Paused,

    /// <summary>Silence is kept in the place of what is said.</summary>
    Masked,
}
