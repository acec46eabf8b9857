namespace Tandem.Calls.Ports;

/// <summary>Why an SDP was refused.</summary>
public enum MediaRefusal
{
    None,

    /// <summary>Not SDP, or out of its limits: 400.</summary>
    Malformed,

    /// <summary>Well-formed, but nothing in it can be relayed: 488.</summary>
    NotAcceptable,

    /// <summary>No port is free: 503.</summary>
    NoPorts,

    /// <summary>An answer without an offer, or an offer while one is open: 500, or 491 for a re-INVITE.</summary>
    WrongState,
}
