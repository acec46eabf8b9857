using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;

namespace Tandem.Testing.Network;

/// <summary>SIP shards behind one address of a <see cref="VirtualNetwork"/>: it parses, picks the shard, and sends what comes out.</summary>
public sealed class ShardNode : IStreamNode
{
    private readonly VirtualNetwork _network;
    private readonly IReadOnlyList<ISipShard> _shards;
    private readonly Dictionary<long, VirtualConnection> _connections = [];
    private NetAddress? _secondAddress;

    public ShardNode(VirtualNetwork network, NetAddress address, IReadOnlyList<ISipShard> shards)
    {
        _network = network;
        _shards = shards;
        Address = address;
        network.Attach(address, this);
    }

    public NetAddress Address { get; }

    /// <summary>Addresses whose datagrams stand for a connection that is always open, and which transport it is.</summary>
    public Dictionary<NetAddress, SipTransportKind> Transports { get; } = [];

    /// <summary>Addresses that packets cannot be sent to: the shard hears of it, as from a transport whose connection broke.</summary>
    public HashSet<NetAddress> Unreachable { get; } = [];

    /// <summary>An address of the other family at which it is reached as well.</summary>
    public NetAddress? SecondAddress
    {
        get => _secondAddress;
        set
        {
            _secondAddress = value;
            _network.Attach(value!.Value, this);
        }
    }

    /// <summary>When true, a datagram to an address where nobody is comes back at once, as ICMP brings it.</summary>
    public bool HearsOfDeadPorts { get; set; }

    /// <summary>
    /// Where received messages come from. Unless told otherwise, what was released is spoilt and never used again, so that a use
    /// after the release cannot go unseen.
    /// </summary>
    public BufferPool Pool { get; set; } = new(2_048, 0, static array => array.AsSpan().Fill(0xDD));

    /// <summary>Hears the ids of connections that ended, as the transport tells the exchange.</summary>
    public Action<long>? ConnectionClosed { get; set; }

    /// <summary>The connections that are open.</summary>
    public IReadOnlyCollection<VirtualConnection> Connections => _connections.Values;

    /// <summary>True while a connection is open.</summary>
    public bool IsOpen(long connection) => _connections.ContainsKey(connection) || Transports.Keys.Any(peer => FlowOf(peer, Address).Connection == connection);

    public bool Accept(VirtualConnection connection)
    {
        _connections.Add(connection.Id, connection);
        return true;
    }

    public void Receive(VirtualConnection connection, byte[] message, Moment now) =>
        Take(message, new SipFlow(SipTransportKind.Tcp, LocalFor(connection.Client), connection.Other(LocalFor(connection.Client)), connection.Id), now);

    public void Closed(VirtualConnection connection, Moment now)
    {
        if (_connections.Remove(connection.Id))
            ConnectionClosed?.Invoke(connection.Id);
    }

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

    public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now) => Take(datagram, FlowOf(from, to), now);

    private void Take(byte[] datagram, SipFlow flow, Moment now)
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
        shard.Receive(new SipInput(message, flow, rejection), now);
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        Send(shard);
    }

    /// <summary>The flow of a peer.</summary>
    public SipFlow FlowOf(NetAddress peer, NetAddress local) => Transports.TryGetValue(peer, out var kind)
        ? new SipFlow(kind, local, peer, peer.GetHashCode() | 1L)
        : new SipFlow(SipTransportKind.Udp, local, peer);

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
            var isLost = Unreachable.Contains(packet.Target.Remote) || !TrySend(packet);
            var returned = HearsOfDeadPorts && !isLost && !packet.Target.IsReliable && !_network.IsAttached(packet.Target.Remote) ? packet.Data.Span.ToArray() : null;
            packet.Data.Release();
            if (returned is not null)
                shard.Receive(new SipInput(null, packet.Target, Undelivered: returned), _network.Now);
            if (isLost && packet.Tag != 0)
                shard.Receive(new SipInput(null, packet.Target, FailedTag: packet.Tag), _network.Now);
        }
    }

    // As the transport does it: a flow is its connection or fails; without one a connection is opened.
    private bool TrySend(in SipPacket packet)
    {
        var target = packet.Target;
        if (!target.IsReliable || Transports.ContainsKey(target.Remote))
        {
            _network.Send(LocalFor(target.Remote), target.Remote, packet.Data.Span);
            return true;
        }

        if (!_connections.TryGetValue(target.Connection, out var connection))
            connection = target.Connection == 0 ? _connections.Values.FirstOrDefault(c => c.Client == LocalFor(target.Remote) && c.Listener == target.Remote) : null;
        if (connection is null)
        {
            if (target.Connection != 0 || _network.Connect(LocalFor(target.Remote), target.Remote) is not { } opened)
                return false;

            _connections.Add(opened.Id, opened);
            connection = opened;
        }

        connection.Send(LocalFor(target.Remote), packet.Data.Span);
        return true;
    }

    private NetAddress LocalFor(NetAddress remote) => SecondAddress is { } second && second.IsV6 == remote.IsV6 ? second : Address;
}
