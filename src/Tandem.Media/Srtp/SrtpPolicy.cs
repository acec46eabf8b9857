namespace Tandem.Media.Srtp;

/// <summary>Whether the media of an endpoint is encrypted.</summary>
public enum SrtpPolicy
{
    /// <summary>Plain RTP only: a secure offer is refused (488).</summary>
    Never,

    /// <summary>A secure offer gets a secure answer; our own offers are plain with keys beside them, for those that take them.</summary>
    Offered,

    /// <summary>Secure or not at all: a plain offer or answer is refused (488), also a later one.</summary>
    Required,

    /// <summary>As <see cref="Required"/>; and our own offers are for DTLS-SRTP (RFC 5763) instead of keys in the SDP.</summary>
    Dtls,
}
