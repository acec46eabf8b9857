using System.Collections.Concurrent;
using System.Net;
using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Server.Hosting;

/// <summary>
/// Which of our addresses a far address is told (Contact, Via, SDP), so that it can reach us. Peers on this machine get the
/// loopback address; otherwise SERVER_ADDRESS when it is set, the one address that we listen on, or the address that the route
/// to the peer uses. Thread-safe; answers are kept for <see cref="Lifetime"/> in a bounded table.
/// </summary>
public sealed class LocalAddressSelector
{
    /// <summary>How long an answer holds: routes seldom change, and a wrong one mends itself.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>Peers that are remembered. A full table is emptied: asking again costs a few system calls.</summary>
    public const int Capacity = 4_096;

    // Documentation addresses (RFC 5737, RFC 3849): asked for only to learn where the default route leaves from.
    private static readonly IPAddress Anywhere4 = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Anywhere6 = IPAddress.Parse("2001:db8::1");

    private readonly ConcurrentDictionary<NetAddress, (NetAddress Local, Moment Until)> _known = new();
    private readonly NetAddress? _configured;
    private readonly NetAddress? _bound;
    private readonly Func<NetAddress, NetAddress?> _route;
    private readonly Func<NetAddress?> _first;
    private readonly Clock _clock;

    /// <param name="configured">SERVER_ADDRESS; null when it is not set.</param>
    /// <param name="bound">The address that we listen on; unspecified for all.</param>
    /// <param name="route">Finds the address that the route to a peer uses; null when there is no route.</param>
    /// <param name="first">The machine's first address that is not loopback; null when it has none.</param>
    /// <param name="clock">The clock of the cache.</param>
    public LocalAddressSelector(
        NetAddress? configured, NetAddress bound, Func<NetAddress, NetAddress?> route, Func<NetAddress?> first, Clock clock)
    {
        _configured = configured?.WithPort(0);
        _bound = bound.IsUnspecified ? null : bound.WithPort(0);
        _route = route;
        _first = first;
        _clock = clock;
    }

    /// <summary>Peers in the table.</summary>
    public int Count => _known.Count;

    /// <summary>Our address as seen from <paramref name="remote"/>, with port 0.</summary>
    public NetAddress For(NetAddress remote)
    {
        if (_bound is { } bound && (_configured is null || bound.IsLoopback))
            return bound;

        if (remote.IsLoopback)
            return remote.IsV6 ? NetAddress.From(IPAddress.IPv6Loopback, 0) : NetAddress.From(IPAddress.Loopback, 0);

        if (_configured is { } configured)
            return configured;

        var host = remote.WithPort(0);
        var now = _clock.Now;
        if (_known.TryGetValue(host, out var known) && now < known.Until)
            return known.Local;

        if (_known.Count >= Capacity)
            _known.Clear();

        var local = _route(host) ?? Default();
        _known[host] = (local, now + Lifetime);
        return local;
    }

    /// <summary>The address to show to people: where a phone elsewhere would register.</summary>
    public NetAddress ForPeople() => _configured ?? _bound ?? Default();

    private NetAddress Default() =>
        _route(NetAddress.From(Anywhere4, 0)) ?? _route(NetAddress.From(Anywhere6, 0)) ?? _first() ?? NetAddress.From(IPAddress.Loopback, 0);
}
