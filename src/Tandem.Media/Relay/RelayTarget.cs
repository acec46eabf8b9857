using Tandem.Core.Net;

namespace Tandem.Media.Relay;

/// <summary>Where a relayed packet goes.</summary>
/// <param name="Side">The side that gets it.</param>
/// <param name="FromRtcpPort">True when it leaves our RTCP port, false for the RTP port.</param>
/// <param name="Address">The address.</param>
public readonly record struct RelayTarget(MediaSide Side, bool FromRtcpPort, NetAddress Address);
