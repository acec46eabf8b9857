using Tandem.Core.Time;

namespace Tandem.Media.Rtp;

/// <summary>A picture of what came from one side.</summary>
/// <param name="Packets">RTP packets, duplicates and late ones included.</param>
/// <param name="Bytes">Their bytes, RTP header included.</param>
/// <param name="Lost">Packets expected less packets received (RFC 3550 §A.3), summed over sources, never negative.</param>
/// <param name="Duplicates">Packets that came again.</param>
/// <param name="Late">Packets that came after a later one.</param>
/// <param name="SourceChanges">Times a new SSRC appeared after the first.</param>
/// <param name="JitterMilliseconds">Interarrival jitter of the source heard last (RFC 3550 §A.8).</param>
/// <param name="LastSeen">When the last RTP or RTCP packet came; null when none did.</param>
/// <param name="RtcpPackets">RTCP packets.</param>
public readonly record struct RtpReport(
    long Packets,
    long Bytes,
    long Lost,
    long Duplicates,
    long Late,
    long SourceChanges,
    double JitterMilliseconds,
    Moment? LastSeen,
    long RtcpPackets);
