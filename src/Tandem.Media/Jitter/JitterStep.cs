namespace Tandem.Media.Jitter;

/// <summary>The next piece of sound, as <see cref="JitterBuffer.Next"/> sees it. Its payload is valid until the next call of the buffer.</summary>
public readonly ref struct JitterStep
{
    internal JitterStep(JitterAction action, long gapTicks, ReadOnlySpan<byte> payload = default, int payloadType = -1, bool isSeam = false, bool isRestart = false, bool isLate = false)
    {
        Action = action;
        GapTicks = gapTicks;
        Payload = payload;
        PayloadType = payloadType;
        IsSeam = isSeam;
        IsRestart = isRestart;
        IsLate = isLate;
    }

    /// <summary>What to do.</summary>
    public JitterAction Action { get; }

    /// <summary>How long at most, in ticks of 100 ns, before the buffer is asked again: the time up to the next packet that is here. <see cref="long.MaxValue"/> when none is.</summary>
    public long GapTicks { get; }

    /// <summary>For <see cref="JitterAction.Decode"/>, <see cref="JitterAction.Noise"/> (this packet) and <see cref="JitterAction.Recover"/> (the one after the gap).</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Its payload type.</summary>
    public int PayloadType { get; }

    /// <summary>Sound was left out before this payload: blend it in.</summary>
    public bool IsSeam { get; }

    /// <summary>A new source, or the old one anew: the decoder starts afresh.</summary>
    public bool IsRestart { get; }

    /// <summary>It came after its time, but nothing after it was heard: it is played, and the delay has grown by what was made up meanwhile.</summary>
    public bool IsLate { get; }
}
