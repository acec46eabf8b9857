namespace Tandem.Media.Sdp;

/// <summary>Who begins the DTLS handshake (RFC 4145 §4, RFC 8842 §5).</summary>
public enum SdpSetup
{
    /// <summary>The attribute is absent or cannot be read.</summary>
    None,

    Active,

    Passive,

    ActPass,

    HoldConn,
}
