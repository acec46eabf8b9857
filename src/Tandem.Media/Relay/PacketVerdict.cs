namespace Tandem.Media.Relay;

/// <summary>What became of a packet that arrived. From <see cref="Invalid"/> on it was dropped, and is counted under that name.</summary>
public enum PacketVerdict
{
    /// <summary>RTP that goes on to the other side.</summary>
    Rtp,

    /// <summary>RTCP that goes on to the other side.</summary>
    Rtcp,

    /// <summary>A datagram that is not RTP (UDPTL) and goes on to the other side unread.</summary>
    Opaque,

    /// <summary>RTP whose sound is decoded here and goes no further as a packet.</summary>
    Heard,

    /// <summary>RTCP that was meant for us: the line ends here.</summary>
    Report,

    /// <summary>A STUN message that ICE took.</summary>
    Stun,

    /// <summary>A DTLS datagram that the association took.</summary>
    Dtls,

    /// <summary>Neither RTP nor RTCP nor anything else that the plan knows, or not well formed.</summary>
    Invalid,

    /// <summary>Not from the side's own source.</summary>
    Stranger,

    /// <summary>By the plan nobody wants it (hold), or no plan is in force.</summary>
    NotWanted,

    /// <summary>The other side gave no address and has not sent yet.</summary>
    NoTarget,

    /// <summary>Secured, and there are no keys yet: of this side to read it, or of the other side to pass it on.</summary>
    NoKey,

    /// <summary>SRTP or SRTCP whose authentication tag is wrong.</summary>
    BadTag,

    /// <summary>SRTP or SRTCP that came before, or is too old to tell.</summary>
    Replay,

    /// <summary>From an address that ICE has not checked (RFC 8445 §12.2).</summary>
    NotAllowed,

    /// <summary>A bundled packet that belongs to no line: its payload type is ambiguous and its source unknown (RFC 9143 §9.2).</summary>
    NoLine,

    /// <summary>A STUN message without integrity, with a wrong one, or where there is no ICE.</summary>
    StunRefused,

    /// <summary>DTLS from an address that may not shake hands, or where there is no DTLS.</summary>
    DtlsRefused,

    /// <summary>Not RTP on a line whose other side speaks another protocol.</summary>
    Mismatch,
}
