namespace Tandem.Media.Relay;

/// <summary>The protocols that share a media port, told apart by the first byte of a datagram (RFC 7983 §7).</summary>
internal enum PacketKind
{
    /// <summary>Nothing that a media port carries: ZRTP (16 to 19), TURN channels (64 to 79), anything else.</summary>
    Unknown,

    /// <summary>0 to 3.</summary>
    Stun,

    /// <summary>20 to 63.</summary>
    Dtls,

    /// <summary>128 to 191: RTP or RTCP.</summary>
    Rtp,
}
