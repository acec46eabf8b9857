namespace Tandem.Media.Transport;

/// <summary>The sockets of one media line. Immutable.</summary>
internal sealed record StreamPorts(MediaSocket? RtpA, MediaSocket? RtcpA, MediaSocket? RtpB, MediaSocket? RtcpB)
{
    public MediaSocket? Rtp(MediaSide side) => side == MediaSide.A ? RtpA : RtpB;

    public MediaSocket? Rtcp(MediaSide side) => side == MediaSide.A ? RtcpA : RtcpB;

    public bool Uses(MediaSocket socket) =>
        ReferenceEquals(socket, RtpA) || ReferenceEquals(socket, RtcpA) || ReferenceEquals(socket, RtpB) || ReferenceEquals(socket, RtcpB);
}
