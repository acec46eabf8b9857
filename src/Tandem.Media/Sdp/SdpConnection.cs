using Tandem.Core.Net;

namespace Tandem.Media.Sdp;

/// <summary>A <c>c=</c> line (RFC 8866 §5.7), or none.</summary>
/// <param name="Present">False when there was no such line.</param>
/// <param name="IsV6">True for <c>IN IP6</c>.</param>
/// <param name="Address">The address, port 0; unspecified when it is a name, a hold or a group.</param>
/// <param name="IsHold">The unspecified address: RFC 2543's way to hold (RFC 3264 §8.4).</param>
/// <param name="IsMulticast">A group: never relayed.</param>
public readonly record struct SdpConnection(bool Present, bool IsV6, NetAddress Address, bool IsHold, bool IsMulticast);
