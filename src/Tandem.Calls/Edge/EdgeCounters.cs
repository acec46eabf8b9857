namespace Tandem.Calls.Edge;

/// <summary>What passed between nodes and phones at this node; written by the shards, read by anyone.</summary>
public sealed class EdgeCounters
{
    private long _toPhones;
    private long _toNodes;
    private long _responses;
    private long _refused;
    private long _gone;

    /// <summary>Requests of other nodes that went to phones of this one.</summary>
    public long ToPhones => Interlocked.Read(ref _toPhones);

    /// <summary>Requests of phones of this node that went to others.</summary>
    public long ToNodes => Interlocked.Read(ref _toNodes);

    /// <summary>Responses that went back, either way.</summary>
    public long Responses => Interlocked.Read(ref _responses);

    /// <summary>Messages that claimed a way through this node and had none: no node, no signature, no such flow token.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Requests for a phone whose connection is gone (RFC 5626 §5.3.1: 430).</summary>
    public long FlowsGone => Interlocked.Read(ref _gone);

    internal void CountToPhone() => Interlocked.Increment(ref _toPhones);

    internal void CountToNode() => Interlocked.Increment(ref _toNodes);

    internal void CountResponse() => Interlocked.Increment(ref _responses);

    internal void CountRefused() => Interlocked.Increment(ref _refused);

    internal void CountGone() => Interlocked.Increment(ref _gone);
}
