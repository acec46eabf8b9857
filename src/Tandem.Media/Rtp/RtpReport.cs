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
/// <param name="MaxJitterMilliseconds">The greatest jitter of any source so far.</param>
/// <param name="LossFraction">Loss of the last whole interval of five seconds, 0 to 1.</param>
/// <param name="MaxLossFraction">The greatest loss of such an interval so far.</param>
/// <param name="LossRuns">Gaps of one or more packets in a row.</param>
/// <param name="SkippedPackets">Packets in these gaps, those included that came late.</param>
public readonly record struct RtpReport(
    long Packets,
    long Bytes,
    long Lost,
    long Duplicates,
    long Late,
    long SourceChanges,
    double JitterMilliseconds,
    Moment? LastSeen,
    long RtcpPackets,
    double MaxJitterMilliseconds = 0,
    double LossFraction = 0,
    double MaxLossFraction = 0,
    long LossRuns = 0,
    long SkippedPackets = 0)
{
    /// <summary>All loss, 0 to 1.</summary>
    public double TotalLossFraction => Packets + Lost > 0 ? (double)Lost / (Packets + Lost) : 0;

    /// <summary>
    /// BurstR of ITU-T G.107 §3.5: the mean length of gaps against that of random loss; 1 when loss is random, more when it comes in bursts.
    /// </summary>
    public double BurstRatio => LossRuns > 0 ? Math.Max(1, (double)SkippedPackets / LossRuns * (1 - TotalLossFraction)) : 1;
}
