namespace Tandem.Calls.Queues;

/// <summary>What came of ringing one agent.</summary>
public enum RingResult
{
    /// <summary>He let it ring.</summary>
    NoAnswer,

    /// <summary>He refused the call, or is busy.</summary>
    Rejected,

    /// <summary>His phone could not be reached.</summary>
    Unreachable,

    /// <summary>Another one answered, or the caller is gone: not his doing.</summary>
    Cancelled,
}
