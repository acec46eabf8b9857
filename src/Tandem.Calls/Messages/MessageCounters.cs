namespace Tandem.Calls.Messages;

/// <summary>What became of the messages of one shard since its start. Written by its shard only; any thread reads.</summary>
public sealed class MessageCounters
{
    private long _delivered;
    private long _failed;
    private long _underWay;

    /// <summary>Messages that a phone took.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Messages of known senders that no phone took.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Messages that wait for their verdict, or for the last of their phones.</summary>
    public long UnderWay => Volatile.Read(ref _underWay);

    internal void CountVerdict(in MessageVerdict verdict)
    {
        if (verdict.IsDelivered)
            _delivered++;
        else
            _failed++;
    }

    internal void CountBegun() => _underWay++;

    internal void CountDone() => _underWay--;
}
