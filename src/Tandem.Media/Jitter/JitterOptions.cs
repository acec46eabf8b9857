namespace Tandem.Media.Jitter;

/// <summary>How long sound waits for packets that are late. Times in milliseconds.</summary>
public sealed record JitterOptions
{
    /// <summary>
    /// The least target delay. Default 20 ms: sound is taken a tick of 20 ms at a time, so a shorter wait runs dry between two packets that
    /// came exactly in time.
    /// </summary>
    public int MinMilliseconds { get; init; } = 20;

    /// <summary>
    /// The longest delay. Default 500 ms: beyond, people talk into each other (ITU-T G.114 sees 400 ms as the end of conversation), and a
    /// gap is the lesser evil. What is later than that is discarded.
    /// </summary>
    public int MaxMilliseconds { get; init; } = 500;

    /// <summary>The target before the network is known. Default 40 ms: two packets of the usual length.</summary>
    public int InitialMilliseconds { get; init; } = 40;

    /// <summary>
    /// The part of the packets that shall come in time, 0.5 to 0.999. Default 0.995: in the E-model (G.107) a hundredth of the packets
    /// concealed costs G.711 about as much as 150 ms of delay, so it pays to wait for nearly all.
    /// </summary>
    public double InTime { get; init; } = 0.995;

    /// <summary>Packets after which a measurement has lost 63 % of its weight. Default 500: ten seconds at 50 packets a second.</summary>
    public int MemoryPackets { get; init; } = 500;

    /// <summary>
    /// Over how long the fastest packet is the measure of the others. Default 4000 ms: it holds one nearly undelayed packet, and a clock
    /// that is off by 100 ppm moves by less than half a millisecond meanwhile.
    /// </summary>
    public int BaseWindowMilliseconds { get; init; } = 4000;

    /// <summary>Packets kept at once; raised to a power of two. Default 128: the longest delay at 5 ms a packet. The oldest go first.</summary>
    public int MaxPackets { get; init; } = 128;

    /// <summary>Longest payload that is kept, bytes. Default 2048: 20 ms of L16 at 48 kHz. Longer ones are discarded.</summary>
    public int MaxPayloadBytes { get; init; } = 2048;

    /// <summary>A step of the timestamps against the clock that is taken for a new beginning once confirmed. Default 1000 ms, more than any network reorders.</summary>
    public int DiscontinuityMilliseconds { get; init; } = 1000;

    /// <summary>Delay beyond the target from which sound is shortened. Default 20 ms, one tick: smaller ones come and go by themselves.</summary>
    public int DrainMilliseconds { get; init; } = 20;

    /// <summary>Delay short of the target from which sound is stretched. Default 1 ms: what is missing was meant for jitter, and a missing packet is heard more than a period more.</summary>
    public int StretchMilliseconds { get; init; } = 1;

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (MinMilliseconds is < 0 or > 1000 || MaxMilliseconds is < 40 or > 2000 || MinMilliseconds > MaxMilliseconds)
            return $"MinMilliseconds {MinMilliseconds}, MaxMilliseconds {MaxMilliseconds}: 0 to 1000 and 40 to 2000, the least first, are expected";
        if (InitialMilliseconds < MinMilliseconds || InitialMilliseconds > MaxMilliseconds)
            return $"InitialMilliseconds {InitialMilliseconds}: a time between the least and the longest is expected";
        if (InTime is not (>= 0.5 and <= 0.999))
            return $"InTime {InTime}: 0.5 to 0.999 is expected";
        if (MemoryPackets is < 10 or > 100_000)
            return $"MemoryPackets {MemoryPackets}: 10 to 100000 is expected";
        if (BaseWindowMilliseconds is < 500 or > 60_000 || DiscontinuityMilliseconds is < 100 or > 60_000)
            return "BaseWindowMilliseconds 500 to 60000, DiscontinuityMilliseconds 100 to 60000 are expected";
        if (MaxPackets is < 8 or > 4096 || MaxPayloadBytes is < 64 or > 65_535)
            return "MaxPackets 8 to 4096, MaxPayloadBytes 64 to 65535 are expected";
        if (DrainMilliseconds is < 5 or > 500 || StretchMilliseconds is < 0 or > 500)
            return "DrainMilliseconds 5 to 500, StretchMilliseconds 0 to 500 are expected";
        return null;
    }
}
