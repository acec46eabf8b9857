namespace Tandem.Media.Sdp;

/// <summary>The protocol of a media line (RFC 8866 §5.14). What is <see cref="Unknown"/> cannot be served.</summary>
public enum SdpTransport
{
    Unknown,

    /// <summary><c>RTP/AVP</c>, RFC 3551.</summary>
    RtpAvp,

    /// <summary><c>RTP/AVPF</c>, RFC 4585.</summary>
    RtpAvpf,

    /// <summary><c>RTP/SAVP</c>, RFC 3711.</summary>
    RtpSavp,

    /// <summary><c>RTP/SAVPF</c>, RFC 5124.</summary>
    RtpSavpf,

    /// <summary><c>UDP/TLS/RTP/SAVP</c>, RFC 5764 §8.</summary>
    DtlsSavp,

    /// <summary><c>UDP/TLS/RTP/SAVPF</c>, RFC 5764 §8.</summary>
    DtlsSavpf,

    /// <summary><c>udptl</c>: fax by T.38, no RTP.</summary>
    Udptl,
}
