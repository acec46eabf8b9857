namespace Tandem.Calls.Calls.Commands;

/// <summary>How a command ended that was begun.</summary>
public enum CommandOutcome : byte
{
    /// <summary>It did what was asked.</summary>
    Done,

    /// <summary>It could not be done; the call is as it was.</summary>
    Failed,

    /// <summary>Another command, or the call's end, took its place.</summary>
    Cancelled,
}
