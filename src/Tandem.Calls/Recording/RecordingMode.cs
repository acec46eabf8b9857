namespace Tandem.Calls.Recording;

/// <summary>Which calls are recorded.</summary>
public enum RecordingMode
{
    /// <summary>None, not even on demand.</summary>
    Never,

    /// <summary>Those that somebody asks for, by key or by the API.</summary>
    OnDemand,

    /// <summary>A share of them, chosen at random.</summary>
    Percent,

    /// <summary>All.</summary>
    Always,
}
