using Tandem.Core.Net;

namespace Tandem.Media.Plan;

/// <summary>One pair of ports toward one side: where its packets go and how they are secured. Bundled lines (RFC 9143) share one. Immutable.</summary>
/// <param name="Rtp">Where the side's SDP wants RTP; unspecified when it gave no address (a name, an old-style hold, ICE alone).</param>
/// <param name="Rtcp">Where it wants RTCP.</param>
/// <param name="Peer">Where its signalling comes from: its media may come from that host too. Unspecified when unknown.</param>
/// <param name="Mux">RTP and RTCP share a port (RFC 5761).</param>
/// <param name="Security">Keys, or null for plain RTP.</param>
/// <param name="Ice">Null without ICE.</param>
/// <param name="IsOpaque">UDPTL or another protocol that is not RTP: datagrams pass through unread (T.38).</param>
public sealed record TransportPlan(
    NetAddress Rtp,
    NetAddress Rtcp,
    NetAddress Peer,
    bool Mux,
    SecurityPlan? Security = null,
    IcePlan? Ice = null,
    bool IsOpaque = false)
{
    /// <summary>See <see cref="LegPolicy.PublicAnd"/>.</summary>
    public IReadOnlyList<NetPrefix>? PublicAnd { get; init; }
}
