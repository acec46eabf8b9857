namespace Tandem.Media;

/// <summary>Why an SDP was refused.</summary>
public enum MediaError
{
    None,

    /// <summary>Not SDP, or out of its limits.</summary>
    Malformed,

    /// <summary>Well-formed, but nothing in it can be relayed.</summary>
    NotAcceptable,

    /// <summary>No port is free.</summary>
    NoPorts,

    /// <summary>An answer without an offer, an offer while one is open, or a closed session.</summary>
    WrongState,
}
