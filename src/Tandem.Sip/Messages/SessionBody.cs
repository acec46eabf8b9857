namespace Tandem.Sip.Messages;

/// <summary>What the body of a message means to a session (RFC 3261 §13.2.1, RFC 5621).</summary>
public enum SessionBody
{
    /// <summary>No session description, and nothing that must be understood.</summary>
    None,

    /// <summary>An offer or an answer.</summary>
    Sdp,

    /// <summary>Something that must be understood and is not: a request with it gets 415.</summary>
    Unknown,
}
