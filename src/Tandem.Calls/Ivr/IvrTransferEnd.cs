namespace Tandem.Calls.Ivr;

/// <summary>What became of sending a caller somewhere.</summary>
public enum IvrTransferEnd
{
    /// <summary>They were there, and that is over, or they are gone.</summary>
    Done,

    /// <summary>Busy.</summary>
    Busy,

    /// <summary>Nobody answered in time.</summary>
    NoAnswer,

    /// <summary>There is nobody, or the call may not go there.</summary>
    Failed,
}
