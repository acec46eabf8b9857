using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;

namespace Tandem.Testing.Network;

/// <summary>SIP shards behind one address of a <see cref="VirtualNetwork"/>: it parses, picks the shard, and sends what comes out.</summary>
public sealed class ShardNode : INetworkNode
{
    private readonly VirtualNetwork _network;
    private readonly IReadOnlyList<ISipShard> _shards;

    public ShardNode(VirtualNetwork network, NetAddress address, IReadOnlyList<ISipShard> shards)
    {
        _network = network;
        _shards = shards;
        Address = address;
        network.Attach(address, this);
    }

    public NetAddress Address { get; }

    /// <summary>Addresses that packets cannot be sent to: the shard hears of it, as from a transport whose connection broke.</summary>
    public HashSet<NetAddress> Unreachable { get; } = [];

    /// <summary>
    /// Where received messages come from. Unless told otherwise, what was released is spoilt and never used again, so that a use
    /// after the release cannot go unseen.
    /// </summary>
    public BufferPool Pool { get; set; } = new(2_048, 0, static array => array.AsSpan().Fill(0xDD));

    /// <summary>Messages that were received.</summary>
    public int Received { get; private set; }

    /// <summary>Bytes that parser and shards have allocated so far.</summary>
    public long Allocated { get; private set; }

    public Moment NextDeadline
    {
        get
        {
            var next = Moment.Never;
            foreach (var shard in _shards)
                next = Moment.Earlier(next, shard.NextDeadline);
            return next;
        }
    }

    public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now)
    {
        Received++;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var buffer = Pool.Rent(datagram.Length);
        datagram.CopyTo(buffer.Array, 0);
        buffer.Length = datagram.Length;
        var rejection = SipParser.Parse(buffer, SipLimits.Default, out var message);
        if (message is null)
            return;

        var shard = _shards[ShardSelector.Pick(message, _shards.Count)];
        shard.Receive(new SipInput(message, new SipFlow(SipTransportKind.Udp, to, from), rejection), now);
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        Send(shard);
    }

    public void Advance(Moment now)
    {
        foreach (var shard in _shards)
        {
            if (shard.NextDeadline > now)
                continue;

            var before = GC.GetAllocatedBytesForCurrentThread();
            shard.Advance(now);
            Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            Send(shard);
        }
    }

    private void Send(ISipShard shard)
    {
        while (shard.TryTakePacket(out var packet))
        {
            var isLost = Unreachable.Contains(packet.Target.Remote);
            if (!isLost)
                _network.Send(Address, packet.Target.Remote, packet.Data.Span);
            packet.Data.Release();
            if (isLost && packet.Tag != 0)
                shard.Receive(new SipInput(null, packet.Target, FailedTag: packet.Tag), _network.Now);
        }
    }
}
