using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Testing.Network;

/// <summary>
/// A network in virtual time: datagrams travel with the delay, loss, duplication and reordering that the seed gives, nodes are
/// woken at their deadlines, and nothing waits for a real clock. The same seed gives the same run. Streams between
/// <see cref="IStreamNode"/>s deliver everything in order, until somebody closes them.
/// </summary>
public sealed class VirtualNetwork(int seed = 1, NetworkConditions? conditions = null)
{
    private readonly Dictionary<NetAddress, INetworkNode> _byAddress = [];
    private readonly List<INetworkNode> _nodes = [];
    private readonly PriorityQueue<Delivery, (long Due, long Order)> _inFlight = new();
    private readonly Random _random = new(seed);
    private NetworkConditions _conditions = conditions ?? NetworkConditions.Perfect;
    private long _order;
    private long _connections;

    /// <summary>The only clock of the test.</summary>
    public Moment Now { get; private set; } = Moment.FromMilliseconds(1_000);

    /// <summary>Datagrams that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Datagrams on their way.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>Every datagram that was sent, when recording is on.</summary>
    public List<string>? Trace { get; set; }

    /// <summary>A translator on the way; null for none. Streams pass it by.</summary>
    public VirtualNat? Nat { get; set; }

    public Random Random => _random;

    /// <summary>Puts a node at an address; port 0 stands for every port of the host that has no node of its own.</summary>
    public void Attach(NetAddress address, INetworkNode node)
    {
        _byAddress[address] = node;
        if (!_nodes.Contains(node))
            _nodes.Add(node);
    }

    /// <summary>Takes the node at <paramref name="address"/> off the network: what is sent to it vanishes.</summary>
    public void Detach(NetAddress address) => _byAddress.Remove(address);

    /// <summary>A node is no more: it gets nothing and never runs again, as when its process was killed.</summary>
    public void Kill(INetworkNode node)
    {
        _nodes.Remove(node);
        foreach (var address in _byAddress.Where(at => at.Value == node).Select(at => at.Key).ToArray())
            _byAddress.Remove(address);
    }

    /// <summary>True when a node has this address.</summary>
    public bool IsAttached(NetAddress address) => _byAddress.ContainsKey(address);

    public void Change(NetworkConditions conditions) => _conditions = conditions;

    /// <summary>Opens a connection; null when nobody accepts it. Both ends can use it at once.</summary>
    public VirtualConnection? Connect(NetAddress from, NetAddress to)
    {
        if (!_byAddress.TryGetValue(to, out var node) || node is not IStreamNode listener
            || !_byAddress.TryGetValue(from, out var opener) || opener is not IStreamNode client)
            return null;

        var connection = new VirtualConnection(this, ++_connections, from, to, client, listener);
        return listener.Accept(connection) ? connection : null;
    }

    internal void SendStream(VirtualConnection connection, bool toListener, ReadOnlySpan<byte> bytes)
    {
        Sent++;
        var (from, to) = toListener ? (connection.Client, connection.Listener) : (connection.Listener, connection.Client);
        Trace?.Add($"{Now} {from} => {to}\n{System.Text.Encoding.UTF8.GetString(bytes)}");
        Enqueue(new Delivery(from, to, bytes.ToArray(), Later(connection), connection));
    }

    internal void EndStream(VirtualConnection connection, bool toListener)
    {
        var (from, to) = toListener ? (connection.Client, connection.Listener) : (connection.Listener, connection.Client);
        Enqueue(new Delivery(from, to, [], Later(connection), connection, IsEnd: true));
    }

    // A stream keeps its order: nothing of it may overtake what was sent before.
    private Moment Later(VirtualConnection connection)
    {
        var due = Now + TimeSpan.FromMilliseconds(_conditions.Delay + (_conditions.Jitter > 0 ? _random.Next(_conditions.Jitter + 1) : 0));
        return connection.LastDue = due > connection.LastDue ? due : connection.LastDue;
    }

    private void Enqueue(Delivery delivery) => _inFlight.Enqueue(delivery, (delivery.Due.Ticks, _order++));

    public void Send(NetAddress from, NetAddress to, ReadOnlySpan<byte> bytes)
    {
        Sent++;
        if (Nat is { } nat)
        {
            from = nat.Leave(from, to);
            if (nat.Enter(from, to) is not { } entered)
                return;

            to = entered;
        }

        var lost = _conditions.Loss > 0 && _random.NextDouble() < _conditions.Loss;
        Trace?.Add($"{Now} {from} -> {to}{(lost ? " LOST" : "")}\n{System.Text.Encoding.UTF8.GetString(bytes)}");
        if (lost)
            return;

        var copies = _conditions.Duplication > 0 && _random.NextDouble() < _conditions.Duplication ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var delay = _conditions.Delay + (_conditions.Jitter > 0 ? _random.Next(_conditions.Jitter + 1) : 0);
            var due = Now + TimeSpan.FromMilliseconds(delay);
            Enqueue(new Delivery(from, to, bytes.ToArray(), due));
        }
    }

    /// <summary>Goes to the next thing that happens, not beyond <paramref name="limit"/>; false when nothing happens until then.</summary>
    public bool Step(Moment limit)
    {
        var next = _inFlight.TryPeek(out var first, out _) ? first.Due : Moment.Never;
        foreach (var node in _nodes)
            next = Moment.Earlier(next, node.NextDeadline);

        if (next > limit)
        {
            Now = limit > Now ? limit : Now;
            return false;
        }

        if (next > Now)
            Now = next;

        foreach (var node in _nodes)
        {
            if (node.NextDeadline <= Now)
                node.Advance(Now);
        }

        while (_inFlight.TryPeek(out var datagram, out _) && datagram.Due <= Now)
        {
            _inFlight.Dequeue();
            if (datagram.Connection is { } connection)
                connection.Deliver(datagram.To, datagram.Bytes, datagram.IsEnd, Now);
            else if (_byAddress.TryGetValue(datagram.To, out var node) || _byAddress.TryGetValue(datagram.To.WithPort(0), out node))
                node.Receive(datagram.Bytes, datagram.From, datagram.To, Now);
        }

        return true;
    }

    /// <summary>Runs for <paramref name="span"/> of virtual time.</summary>
    public void Run(TimeSpan span)
    {
        var limit = Now + span;
        while (Step(limit))
        {
        }
    }

    /// <summary>Runs until <paramref name="reached"/> holds; false when <paramref name="span"/> went by before.</summary>
    public bool RunUntil(Func<bool> reached, TimeSpan span)
    {
        var limit = Now + span;
        while (!reached())
        {
            if (!Step(limit))
                return reached();
        }

        return true;
    }

    private sealed record Delivery(
        NetAddress From, NetAddress To, byte[] Bytes, Moment Due, VirtualConnection? Connection = null, bool IsEnd = false);
}
