using Tandem.Core.Net;

namespace Tandem.Testing.Network;

/// <summary>
/// A translator between one host and the world: each port inside gets one outside, whoever is sent to, and lets in those hosts alone that it was sent
/// to (RFC 4787: endpoint-independent mapping, address-dependent filtering).
/// </summary>
/// <param name="inside">The host behind it.</param>
/// <param name="outside">Its public address; the port is the first that it gives.</param>
/// <param name="isBeyond">True for the hosts on its other side.</param>
public sealed class VirtualNat(NetAddress inside, NetAddress outside, Func<NetAddress, bool> isBeyond)
{
    private readonly Dictionary<NetAddress, NetAddress> _mappings = [];
    private readonly HashSet<(NetAddress Inside, NetAddress Host)> _allowed = [];

    /// <summary>Datagrams that nobody inside had asked for.</summary>
    public int Dropped { get; private set; }

    /// <summary>The source that the far side sees.</summary>
    public NetAddress Leave(NetAddress from, NetAddress to)
    {
        if (!from.IsSameHost(inside) || !isBeyond(to))
            return from;

        if (!_mappings.TryGetValue(from, out var mapped))
            _mappings.Add(from, mapped = outside.WithPort(outside.Port + _mappings.Count));
        _allowed.Add((from, to.WithPort(0)));
        return mapped;
    }

    /// <summary>Where a datagram goes that comes from the far side; null when it is dropped.</summary>
    public NetAddress? Enter(NetAddress from, NetAddress to)
    {
        if (!to.IsSameHost(outside) && !(to.IsSameHost(inside) && isBeyond(from)))
            return to;

        foreach (var (own, mapped) in _mappings)
        {
            if (mapped == to && _allowed.Contains((own, from.WithPort(0))))
                return own;
        }

        Dropped++;
        return null;
    }
}
