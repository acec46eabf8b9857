using System.Collections.Concurrent;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>The open stream connections, by id and by far address (RFC 3261 §18). Thread-safe and bounded.</summary>
internal sealed class ConnectionTable(SipTransportOptions options)
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<long, SipConnection> _byId = new();

    // Under the lock. Only connections that we opened: an address proves nothing about who opened one to us (RFC 5923 §9).
    private readonly Dictionary<(SipTransportKind, NetAddress, string ServerName, int Identity), SipConnection> _byRemote = [];

    // Under the lock. Those that others opened over TLS with a certificate that was verified, by the address at which they take requests: one each (RFC 5923 §8.2).
    private readonly Dictionary<NetAddress, SipConnection> _aliases = [];
    private readonly Dictionary<SourceKey, int> _acceptedBySource = [];
    private readonly Dictionary<SourceKey, int> _halfOpenBySource = [];
    private int _reserved;
    private bool _isClosed;

    /// <summary>Whether there is room for another connection.</summary>
    public enum Room : byte
    {
        Yes,
        TooManyInAll,
        TooManyOfSource,
        TooManyHalfOpen,
    }

    /// <summary>Connections, those that are being opened included.</summary>
    public int Count => _byId.Count;

    /// <summary>A snapshot of all connections.</summary>
    public IEnumerable<SipConnection> All => _byId.Values;

    /// <summary>The connection with this id; null when it was closed.</summary>
    public SipConnection? Find(long id) => _byId.GetValueOrDefault(id);

    /// <summary>Reserves a place for an accepted connection, which <see cref="Add"/> fills or <see cref="GiveUp"/> returns.</summary>
    public Room Reserve(in NetAddress source)
    {
        var key = SourceKey.Of(source, options.Ipv6PrefixBits);
        lock (_lock)
        {
            if (_isClosed || _reserved >= options.MaxConnections)
                return Room.TooManyInAll;

            var count = _acceptedBySource.GetValueOrDefault(key);
            if (count >= options.MaxConnectionsPerSource)
                return Room.TooManyOfSource;

            var halfOpen = _halfOpenBySource.GetValueOrDefault(key);
            if (halfOpen >= options.MaxHalfOpenPerSource)
                return Room.TooManyHalfOpen;

            _halfOpenBySource[key] = halfOpen + 1;
            _acceptedBySource[key] = count + 1;
            _reserved++;
            return Room.Yes;
        }
    }

    /// <summary>Returns a reserved place.</summary>
    public void GiveUp(in NetAddress source)
    {
        lock (_lock)
        {
            Decrement(_halfOpenBySource, source);
            Return(source, isAccepted: true);
        }
    }

    /// <summary>An accepted connection has brought its first message.</summary>
    public void BroughtMessage(SipConnection connection)
    {
        lock (_lock)
            EndHalfOpen(connection);
    }

    /// <summary>
    /// Notes that requests for an address may go over an accepted connection (RFC 5923 §8.2). Which domains that holds for, the certificate says when one is to be sent. The newest says where; a
    /// connection has one address.
    /// </summary>
    public void AddAlias(SipConnection connection, NetAddress address)
    {
        lock (_lock)
        {
            if (connection.Alias == address || !_byId.ContainsKey(connection.Id))
                return;

            RemoveAlias(connection);
            connection.Alias = address;
            _aliases[address] = connection;
        }
    }

    /// <summary>Adds a connection whose place was reserved.</summary>
    public void Add(SipConnection connection)
    {
        lock (_lock)
        {
            connection.IsHalfOpen = true;
            _byId[connection.Id] = connection;
        }
    }

    /// <summary>
    /// The connection that we opened to this address, one that its holder has opened to us and shown to be it, or a new one that <paramref name="open"/> makes; null when there are too many.
    /// </summary>
    /// <param name="kind">The transport.</param>
    /// <param name="remote">Where to.</param>
    /// <param name="serverName">For TLS the domain that led there, in lower case; empty for an address and for everything else.</param>
    /// <param name="identity">What a TLS connection shows and trusts (<see cref="SipFlow.Identity"/>).</param>
    /// <param name="open">Makes one.</param>
    /// <param name="isNew">True when it was made now: the caller starts it.</param>
    public SipConnection? FindOrAdd(SipTransportKind kind, in NetAddress remote, string serverName, int identity, Func<SipConnection> open, out bool isNew)
    {
        lock (_lock)
        {
            isNew = false;

            if (_byRemote.TryGetValue((kind, remote, serverName, identity), out var connection))
                return connection;

            // §8.2: the address and one of the identities must be those of the connection. What a profile shows and trusts is its own.
            if (kind == SipTransportKind.Tls && identity == 0 && _aliases.TryGetValue(remote, out connection)
                && connection.Peer!.IsFor(serverName.Length > 0 ? serverName : null, remote))
                return connection;
            if (_isClosed || _reserved >= options.MaxConnections)
                return null;

            isNew = true;
            connection = open();
            _reserved++;
            _byId[connection.Id] = connection;
            _byRemote[(kind, remote, serverName, identity)] = connection;
            return connection;
        }
    }

    /// <summary>Counts the connections of each transport.</summary>
    /// <param name="counts">By <see cref="SipTransportKind"/>.</param>
    public void CountByKind(Span<int> counts)
    {
        foreach (var (_, connection) in _byId)
            counts[(int)connection.Kind]++;
    }

    /// <summary>Takes a closed connection out; false when it was not there.</summary>
    public bool Remove(SipConnection connection)
    {
        lock (_lock)
        {
            if (!_byId.TryRemove(connection.Id, out _))
                return false;

            var remote = (connection.Kind, connection.Remote, connection.ServerName, connection.Identity);
            if (_byRemote.TryGetValue(remote, out var newest) && newest == connection)
                _byRemote.Remove(remote);
            RemoveAlias(connection);

            EndHalfOpen(connection);
            Return(connection.Remote, connection.IsAccepted);
            return true;
        }
    }

    /// <summary>Takes no more connections.</summary>
    public void Close()
    {
        lock (_lock)
            _isClosed = true;
    }

    private void RemoveAlias(SipConnection connection)
    {
        if (_aliases.TryGetValue(connection.Alias, out var newest) && newest == connection)
            _aliases.Remove(connection.Alias);
    }

    private void Return(in NetAddress source, bool isAccepted)
    {
        _reserved--;
        if (!isAccepted)
            return;

        Decrement(_acceptedBySource, source);
    }

    private void EndHalfOpen(SipConnection connection)
    {
        if (!connection.IsHalfOpen)
            return;

        connection.IsHalfOpen = false;
        Decrement(_halfOpenBySource, connection.Remote);
    }

    private void Decrement(Dictionary<SourceKey, int> counts, in NetAddress source)
    {
        var key = SourceKey.Of(source, options.Ipv6PrefixBits);
        var count = counts.GetValueOrDefault(key);
        if (count <= 1)
            counts.Remove(key);
        else
            counts[key] = count - 1;
    }
}
