namespace Tandem.Calls.Recording;

/// <summary>What became of a recording.</summary>
public enum RecordingState
{
    /// <summary>It is being made.</summary>
    Recording,

    /// <summary>Its file is whole.</summary>
    Complete,

    /// <summary>The process or the disk ended it: the file holds what was written until then.</summary>
    Recovered,

    /// <summary>There is nothing to hear.</summary>
    Failed,

    /// <summary>It was a message or a greeting of a voicemail that is gone, or that came into no box, or was deleted at a node that has no file of it: its file goes at the next look of the node that has it, whatever the retention, unless somebody holds it.</summary>
    Abandoned,
}
