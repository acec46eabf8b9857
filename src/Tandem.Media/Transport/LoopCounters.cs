namespace Tandem.Media.Transport;

/// <summary>What one media loop has done. Written by the loop alone, read by anybody: 64-bit fields that only grow.</summary>
public sealed class LoopCounters
{
    internal long[] Verdicts { get; } = new long[Relay.PacketVerdicts.Count];

    internal long RoundsField;
    internal long SendErrorsField;
    internal long ReceiveErrorsField;
    internal long OversizeField;
    internal long FailuresField;
    internal long AllocatedField;
    internal long HandshakesDroppedField;
    internal long GivenAwayField;

    /// <summary>Packets that ended with <paramref name="verdict"/>.</summary>
    public long Of(Relay.PacketVerdict verdict) => Volatile.Read(ref Verdicts[(int)verdict]);

    /// <summary>Bytes that the loop's thread allocated since its start: it stands still while packets flow and no session changes.</summary>
    public long AllocatedBytes => Volatile.Read(ref AllocatedField);

    /// <summary>Rounds in which there was something to do.</summary>
    public long Rounds => Volatile.Read(ref RoundsField);

    /// <summary>Packets that the system did not take: full buffers, unreachable networks.</summary>
    public long SendErrors => Volatile.Read(ref SendErrorsField);

    /// <summary>Errors while receiving, such as a refused connection reported by ICMP.</summary>
    public long ReceiveErrors => Volatile.Read(ref ReceiveErrorsField);

    /// <summary>Packets dropped because they were longer than the limit.</summary>
    public long Oversize => Volatile.Read(ref OversizeField);

    /// <summary>DTLS datagrams that were dropped because too much waited to be computed.</summary>
    public long HandshakesDropped => Volatile.Read(ref HandshakesDroppedField);

    /// <summary>Sessions that went to another loop because this one was full.</summary>
    public long GivenAway => Volatile.Read(ref GivenAwayField);

    /// <summary>Faults of our own in a turn of the loop; it goes on. Always 0 in a sound build.</summary>
    public long Failures => Volatile.Read(ref FailuresField);
}
