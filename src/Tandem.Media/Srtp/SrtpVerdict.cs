namespace Tandem.Media.Srtp;

/// <summary>What became of a protected packet. Everything but <see cref="Accepted"/> leaves packet and state as they were.</summary>
public enum SrtpVerdict
{
    /// <summary>Authentic, new, and decrypted in place.</summary>
    Accepted,

    /// <summary>Not an RTP or RTCP packet, or too short for its tag.</summary>
    Malformed,

    /// <summary>It names another master key (RFC 3711 §3.1 MKI).</summary>
    UnknownKey,

    /// <summary>A packet of this index came before (RFC 3711 §3.3.2).</summary>
    Replayed,

    /// <summary>Its index lies behind the replay window.</summary>
    TooOld,

    /// <summary>The authentication tag is wrong.</summary>
    BadTag,
}
