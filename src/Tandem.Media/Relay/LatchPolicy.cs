namespace Tandem.Media.Relay;

/// <summary>Who may be learned as the source of a side's packets (symmetric RTP, RFC 4961).</summary>
public enum LatchPolicy
{
    /// <summary>Only the address and port that the SDP names: no phone behind a NAT is heard.</summary>
    SdpOnly,

    /// <summary>Also other ports of the SDP's host, and the host that the signalling comes from.</summary>
    KnownHosts,

    /// <summary>Inside the window also any other host: the first that sends a valid packet.</summary>
    Anybody,
}
