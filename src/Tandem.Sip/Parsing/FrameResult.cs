namespace Tandem.Sip.Parsing;

/// <summary>What a stream holds next.</summary>
public enum FrameResult : byte
{
    /// <summary>Nothing whole yet: push more bytes.</summary>
    NeedMore,

    /// <summary>One whole message.</summary>
    Message,

    /// <summary>A double CRLF: the far side wants a single CRLF back (RFC 5626 §3.5.1).</summary>
    Ping,

    /// <summary>A single CRLF: the answer to a ping of ours, or an empty line that RFC 3261 §7.5 lets pass.</summary>
    Pong,

    /// <summary>The stream cannot be followed any further and must be closed; <see cref="SipStreamFramer.Rejection"/> says why.</summary>
    Broken,
}
