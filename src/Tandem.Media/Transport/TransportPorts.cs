namespace Tandem.Media.Transport;

/// <summary>The sockets of one transport. Immutable.</summary>
/// <param name="Rtp">The socket of RTP, and of RTCP where they share one.</param>
/// <param name="Rtcp">The socket of RTCP; null where they share one.</param>
internal sealed record TransportPorts(MediaSocket? Rtp, MediaSocket? Rtcp)
{
    public bool Uses(MediaSocket socket) => ReferenceEquals(socket, Rtp) || ReferenceEquals(socket, Rtcp);
}
