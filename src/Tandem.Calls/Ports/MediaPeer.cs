using Tandem.Core.Net;
using Tandem.Media.Srtp;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Ports;

/// <summary>What is known of a phone before its first SDP: how its media is to be negotiated.</summary>
/// <param name="Address">Where its signalling comes from: it decides IPv4 or IPv6 until it has sent SDP, and its media is believed from that host.</param>
public sealed record MediaPeer(NetAddress Address)
{
    /// <summary>Whether its media is encrypted; null for the installation's policy.</summary>
    public SrtpPolicy? Srtp { get; init; }

    /// <summary>It came over a WebSocket: a browser, which speaks ICE and DTLS-SRTP alone (RFC 8827 §6.5).</summary>
    public bool IsBrowser { get; init; }

    /// <summary>Its signalling is encrypted: keys in SDP are not seen on the way (RFC 4568 §4).</summary>
    public bool HasSecureSignalling { get; init; }

    /// <summary>SDP names of the codecs that it is offered, in their order, separated by commas; empty for the installation's.</summary>
    public string Codecs { get; init; } = "";

    /// <summary>Our address as it sees us, where that is known; its SDP names it instead of a private address of ours. Unspecified for none.</summary>
    public NetAddress SeesUsAt { get; init; }

    /// <summary>Its media may only be on the Internet, and in these networks; null for anywhere.</summary>
    public IReadOnlyList<NetPrefix>? PublicAnd { get; init; }

    /// <summary>What the extension and the flow of a phone tell; null for the far half of a call on another shard, of which its SDP tells all.</summary>
    public static MediaPeer? Of(Extension? extension, in SipFlow flow) => flow.Transport == SipTransportKind.Internal
        ? null
        : new MediaPeer(flow.Remote)
        {
            Srtp = extension?.Srtp,
            IsBrowser = flow.Transport is SipTransportKind.Ws or SipTransportKind.Wss,
            HasSecureSignalling = flow.IsSecure,
            Codecs = extension?.Codecs ?? "",
        };
}
