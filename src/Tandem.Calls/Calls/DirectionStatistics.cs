namespace Tandem.Calls.Calls;

/// <summary>What was received from one side and relayed to the other.</summary>
/// <param name="Packets">RTP packets.</param>
/// <param name="Bytes">Bytes of those packets, RTP header included.</param>
/// <param name="Lost">Packets lost before they reached us (RFC 3550 §A.3); never negative.</param>
/// <param name="JitterMilliseconds">Interarrival jitter (RFC 3550 §A.8).</param>
/// <param name="LastSeen">When the last packet came; null when none did.</param>
public sealed record DirectionStatistics(long Packets, long Bytes, long Lost, double JitterMilliseconds, DateTimeOffset? LastSeen)
{
    public static readonly DirectionStatistics None = new(0, 0, 0, 0, null);
}
