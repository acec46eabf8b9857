using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Testing.Network;

/// <summary>
/// A network in virtual time: datagrams travel with the delay, loss, duplication and reordering that the seed gives, nodes are
/// woken at their deadlines, and nothing waits for a real clock. The same seed gives the same run.
/// </summary>
public sealed class VirtualNetwork(int seed = 1, NetworkConditions? conditions = null)
{
    private readonly Dictionary<NetAddress, INetworkNode> _byAddress = [];
    private readonly List<INetworkNode> _nodes = [];
    private readonly PriorityQueue<Datagram, (long Due, long Order)> _inFlight = new();
    private readonly Random _random = new(seed);
    private NetworkConditions _conditions = conditions ?? NetworkConditions.Perfect;
    private long _order;

    /// <summary>The only clock of the test.</summary>
    public Moment Now { get; private set; } = Moment.FromMilliseconds(1_000);

    /// <summary>Datagrams that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Datagrams on their way.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>Every datagram that was sent, when recording is on.</summary>
    public List<string>? Trace { get; set; }

    public Random Random => _random;

    public void Attach(NetAddress address, INetworkNode node)
    {
        _byAddress[address] = node;
        if (!_nodes.Contains(node))
            _nodes.Add(node);
    }

    /// <summary>Takes the node at <paramref name="address"/> off the network: what is sent to it vanishes.</summary>
    public void Detach(NetAddress address) => _byAddress.Remove(address);

    public void Change(NetworkConditions conditions) => _conditions = conditions;

    public void Send(NetAddress from, NetAddress to, ReadOnlySpan<byte> bytes)
    {
        Sent++;
        var lost = _conditions.Loss > 0 && _random.NextDouble() < _conditions.Loss;
        Trace?.Add($"{Now} {from} -> {to}{(lost ? " LOST" : "")}\n{System.Text.Encoding.UTF8.GetString(bytes)}");
        if (lost)
            return;

        var copies = _conditions.Duplication > 0 && _random.NextDouble() < _conditions.Duplication ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var delay = _conditions.Delay + (_conditions.Jitter > 0 ? _random.Next(_conditions.Jitter + 1) : 0);
            var due = Now + TimeSpan.FromMilliseconds(delay);
            _inFlight.Enqueue(new Datagram(from, to, bytes.ToArray(), due), (due.Ticks, _order++));
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
            if (_byAddress.TryGetValue(datagram.To, out var node))
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

    private sealed record Datagram(NetAddress From, NetAddress To, byte[] Bytes, Moment Due);
}
