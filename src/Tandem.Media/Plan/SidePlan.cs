using Tandem.Core.Net;

namespace Tandem.Media.Plan;

/// <summary>One side of a relayed media line.</summary>
/// <param name="Rtp">Where its SDP wants RTP; unspecified when it gave no address (a name, an old-style hold).</param>
/// <param name="Rtcp">Where its SDP wants RTCP.</param>
/// <param name="Sends">It may send, and the other side wants to hear it (RFC 3264 §6.1).</param>
/// <param name="WantsRtcp">False for an old-style hold: neither RTP nor RTCP goes there (RFC 3264 §8.4).</param>
/// <param name="Peer">Where its signalling comes from: its media may come from that host too. Unspecified when unknown.</param>
public sealed record SidePlan(NetAddress Rtp, NetAddress Rtcp, bool Sends, bool WantsRtcp, NetAddress Peer = default);
