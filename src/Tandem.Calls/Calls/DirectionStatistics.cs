namespace Tandem.Calls.Calls;

/// <summary>What was received from one side and went on to the other, and how well.</summary>
/// <param name="Packets">RTP packets.</param>
/// <param name="Bytes">Bytes of those packets, RTP header included.</param>
/// <param name="Lost">Packets lost before they reached us (RFC 3550 §A.3); never negative.</param>
/// <param name="JitterMilliseconds">Interarrival jitter: the running mean deviation of RFC 3550 §A.8.</param>
/// <param name="LastSeen">When the last packet came; null when none did.</param>
public sealed record DirectionStatistics(long Packets, long Bytes, long Lost, double JitterMilliseconds, DateTimeOffset? LastSeen)
{
    public static readonly DirectionStatistics None = new(0, 0, 0, 0, null);

    /// <summary>Of the packets that were sent to us those that are missing, 0 to 100.</summary>
    public double LossPercent => Packets + Lost > 0 ? 100.0 * Lost / (Packets + Lost) : 0;

    /// <summary>The greatest that the jitter was.</summary>
    public double MaxJitterMilliseconds { get; init; }

    /// <summary>The encoding name of the sound that came last, as SDP has it; empty without sound, or of a codec that we do not know.</summary>
    public string Codec { get; init; } = "";

    /// <summary>From us to the sender and back (RFC 3550 §6.4.1); null when unknown.</summary>
    public double? RoundTripMilliseconds { get; init; }

    /// <summary>
    /// Mean opinion score of what reached us, 1 to 4.5 (ITU-T G.107): codec, loss and its bursts, and as delay half the round trip (none when
    /// unknown) and the jitter buffer (a nominal one when the sound is only relayed). Null when unknown.
    /// </summary>
    public double? Mos { get; init; }

    /// <summary>What the receiver on the other leg reports to miss, percent, the mean of its reports; null when it reports nothing.</summary>
    public double? HeardLossPercent { get; init; }

    /// <summary>The jitter of its last report, ms; null when unknown.</summary>
    public double? HeardJitterMilliseconds { get; init; }

    /// <summary>The mean opinion score of what the receiver hears, by its reports; null when unknown.</summary>
    public double? HeardMos { get; init; }
}
