namespace Tandem.Media.Transport;

/// <summary>What one media loop has done. Written by the loop alone, read by anybody: 64-bit fields that only grow.</summary>
public sealed class LoopCounters
{
    /// <summary>Upper bounds of the lateness histogram, ms; one more bucket holds what is later.</summary>
    public static readonly IReadOnlyList<double> LatenessBoundsMilliseconds = [0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 20, 50, 100];

    private static readonly long[] LatenessBounds =
        [.. LatenessBoundsMilliseconds.Select(static bound => (long)(bound * TimeSpan.TicksPerMillisecond))];

    internal long[] Verdicts { get; } = new long[Relay.PacketVerdicts.Count];

    internal long RoundsField;
    internal long SendErrorsField;
    internal long ReceiveErrorsField;
    internal long OversizeField;
    internal long FailuresField;
    internal long AllocatedField;
    internal long TicksSkippedField;

    private readonly long[] _lateness = new long[LatenessBounds.Length + 1];
    private long _latest;

    /// <summary>Packets that ended with <paramref name="verdict"/>.</summary>
    public long Of(Relay.PacketVerdict verdict) => Volatile.Read(ref Verdicts[(int)verdict]);

    /// <summary>Bytes that the loop's thread allocated since its start: it stands still while packets flow and no session changes.</summary>
    public long AllocatedBytes => Volatile.Read(ref AllocatedField);

    /// <summary>Ticks by their lateness: so many at most <see cref="LatenessBoundsMilliseconds"/> late, bucket by bucket.</summary>
    public IReadOnlyList<long> TickLateness => [.. _lateness];

    /// <summary>Ticks that ran.</summary>
    public long Ticks => _lateness.Sum();

    /// <summary>Ticks that were given up because the loop was far behind.</summary>
    public long TicksSkipped => Volatile.Read(ref TicksSkippedField);

    /// <summary>How late the latest tick was.</summary>
    public TimeSpan LatestTick => new(Volatile.Read(ref _latest));

    /// <summary>Rounds in which there was something to do.</summary>
    public long Rounds => Volatile.Read(ref RoundsField);

    /// <summary>Packets that the system did not take: full buffers, unreachable networks.</summary>
    public long SendErrors => Volatile.Read(ref SendErrorsField);

    /// <summary>Errors while receiving, such as a refused connection reported by ICMP.</summary>
    public long ReceiveErrors => Volatile.Read(ref ReceiveErrorsField);

    /// <summary>Packets dropped because they were longer than the limit.</summary>
    public long Oversize => Volatile.Read(ref OversizeField);

    /// <summary>Faults of our own in a turn of the loop; it goes on. Always 0 in a sound build.</summary>
    public long Failures => Volatile.Read(ref FailuresField);

    internal void CountTick(TimeSpan late)
    {
        var bucket = 0;
        while (bucket < LatenessBounds.Length && late.Ticks > LatenessBounds[bucket])
            bucket++;
        _lateness[bucket]++;
        if (late.Ticks > _latest)
            _latest = late.Ticks;
    }
}
