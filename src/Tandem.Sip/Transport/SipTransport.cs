using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>
/// The sockets of SIP over UDP, TCP and TLS (RFC 3261 §18), and the WebSockets that an HTTP server hands over (RFC 7118). What arrives is guarded, parsed and posted to its shard; what a
/// shard sends leaves on the shard's own thread (UDP) or through the queue of a connection (all others). A packet that could not
/// be sent comes back as <see cref="SipInput.FailedTag"/>.
/// </summary>
/// <remarks>
/// A target with a connection id is a flow (RFC 5626): it goes over that connection or fails at once, for nothing says that
/// another one leads to the same phone. A target without an id reuses the connection that we opened to its address, or opens
/// one; of those that others opened only one over TLS whose certificate says so and whose Via asked for it (RFC 5923 §8.2; any other address is not proven, §9).
/// Over TLS a connection is used again only for the same <see cref="SipPacket.ServerName"/>. Nothing can be opened over WebSocket.
/// </remarks>
public sealed partial class SipTransport : IAsyncDisposable
{
    // From here on quiet connections make room, down to there.
    private const int CrowdedPercent = 95;
    private const int RoomyPercent = 90;

    private static readonly int TransportKinds = Enum.GetValues<SipTransportKind>().Length;

    private readonly SipTransportOptions _options;
    private readonly ShardLoop[] _shards;
    private readonly Clock _clock;
    private readonly MessageIntake _intake;
    private readonly ConnectionTable _connections;
    private readonly ClosedConnections _closed = new();
    private readonly StreamContext _streams;
    private readonly List<UdpListener> _udp = [];
    private readonly List<StreamListener> _tcp = [];
    private readonly List<SipListener> _bound = [];
    private readonly CancellationTokenSource _stopped = new();
    private Task _sweeping = Task.CompletedTask;
    private int _isStopping;

    /// <param name="options">Where to listen, and limits.</param>
    /// <param name="shards">The loops of all shards, in the order that <see cref="ShardSelector"/> counts them. The caller starts and stops them.</param>
    /// <param name="guard">Asked before anything is parsed.</param>
    /// <param name="clock">The clock that the shards use as well.</param>
    public SipTransport(SipTransportOptions options, IReadOnlyList<ShardLoop> shards, ISourceGuard guard, Clock clock)
    {
        _options = options;
        _shards = [.. shards];
        _clock = clock;
        _intake = new MessageIntake(options, shards, guard, clock, Counters);
        _connections = new ConnectionTable(options);
        _streams = new StreamContext(options, _intake, Counters, OnClosed) { FirstMessage = _connections.BroughtMessage, Aliased = _connections.AddAlias };
    }

    /// <summary>What went in and out.</summary>
    public SipTransportCounters Counters { get; } = new();

    /// <summary>Stream connections, those that are being opened included.</summary>
    public int Connections => _connections.Count;

    /// <summary>Bytes that wait to be sent on all stream connections.</summary>
    public long QueuedBytes => _streams.QueuedBytes;

    /// <summary>Tells whether a registration came over a connection; such a one is not closed to make room. Set before <see cref="Start"/>.</summary>
    public Func<long, bool>? IsHeld { get; set; }

    /// <summary>The listeners with the ports that they are bound to; optional ones that failed are missing.</summary>
    public IReadOnlyList<SipListener> Bound => _bound;

    /// <summary>Called when a stream connection ended, on any thread: bindings that were made over this flow are unreachable.</summary>
    public Action<SipFlow, ConnectionCloseReason>? ConnectionClosed { get; set; }

    /// <summary>True while a stream connection with this id is open or being opened. From any thread.</summary>
    public bool IsOpen(long connection) => _connections.Find(connection) is not null;

    /// <summary>Called when an optional listener could not be bound, from <see cref="Start"/>.</summary>
    public Action<SipListener, Exception>? ListenerSkipped { get; set; }

    /// <summary>Called with what a TLS handshake failed of, on any thread.</summary>
    public Action<SipFlow, Exception>? HandshakeFailed
    {
        get => _streams.HandshakeFailed;
        set => _streams.HandshakeFailed = value;
    }

    /// <summary>TLS handshakes of accepted connections that are under way.</summary>
    public int Handshakes => _streams.Handshakes.Count;

    /// <summary>Open connections of one transport; those that are being opened included.</summary>
    public int ConnectionsOf(SipTransportKind transport)
    {
        Span<int> counts = stackalloc int[TransportKinds];
        _connections.CountByKind(counts);
        return counts[(int)transport];
    }

    /// <summary>
    /// Serves a WebSocket whose handshake (RFC 7118 §4.1) is done, until it ends. It disposes nothing: the socket stays the caller's,
    /// who ends it after this returned.
    /// </summary>
    /// <param name="socket">The open socket.</param>
    /// <param name="local">Our address, as the HTTP server has it.</param>
    /// <param name="remote">The far address.</param>
    /// <param name="isSecure">Whether it runs over TLS.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunWebSocketAsync(WebSocket socket, NetAddress local, NetAddress remote, bool isSecure, CancellationToken cancellation)
    {
        var kind = isSecure ? SipTransportKind.Wss : SipTransportKind.Ws;
        if (!_intake.IsAdmitted(new SipFlow(kind, local, remote), _clock.Now))
        {
            await WebSocketConnection.RefuseAsync(socket, WebSocketCloseStatus.PolicyViolation, cancellation).ConfigureAwait(false);
            return;
        }

        var room = _connections.Reserve(remote);
        if (room != ConnectionTable.Room.Yes)
        {
            _streams.CountRefused(room);
            await WebSocketConnection.RefuseAsync(socket, WebSocketConnection.TryAgainLater, cancellation).ConfigureAwait(false);
            return;
        }

        var connection = new WebSocketConnection(_streams, kind, socket, local, remote);
        _connections.Add(connection);
        SipTransportCounters.Add(ref Counters.AcceptedField);
        await using var ending = cancellation.UnsafeRegister(static c => ((SipConnection)c!).Close(ConnectionCloseReason.Stopped), connection).ConfigureAwait(false);
        connection.Run();
        await connection.Completion.ConfigureAwait(false);
    }

    /// <summary>Binds all listeners and starts to receive. Throws <see cref="SocketException"/> when one that is not optional cannot be bound; nothing is left open then.</summary>
    public void Start()
    {
        try
        {
            foreach (var listener in _options.Listeners)
                Bind(listener);

            _streams.Attach(_shards);
        }
        catch
        {
            CloseListeners();
            throw;
        }

        for (var i = 0; i < _shards.Length; i++)
        {
            var shard = i;
            _shards[i].Sender = (in SipPacket packet) => Send(shard, packet);
        }

        foreach (var listener in _udp)
            listener.Start();
        foreach (var listener in _tcp)
            listener.Start();

        _sweeping = SweepAsync();
    }

    /// <summary>The bound address of the first listener of this transport and family; false when there is none.</summary>
    public bool TryGetLocal(SipTransportKind transport, bool isV6, out NetAddress local)
    {
        foreach (var listener in _bound)
        {
            if (listener.Transport == transport && listener.Address.IsV6 == isV6)
            {
                local = listener.Address;
                return true;
            }
        }

        local = default;
        return false;
    }

    /// <summary>
    /// Stops to receive and to accept, closes all connections and waits for their end. Loops go on; what they send from now
    /// on fails.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopping, 1) != 0)
            return;

        await _stopped.CancelAsync().ConfigureAwait(false);
        foreach (var shard in _shards)
        {
            // No shard may be in the middle of sending when the descriptors are closed and perhaps used again.
            shard.Sender = null;
            shard.FinishRound();
        }

        CloseListeners();
        foreach (var listener in _tcp)
            await listener.Completion.ConfigureAwait(false);

        _connections.Close();
        foreach (var connection in _connections.All)
        {
            connection.Close(ConnectionCloseReason.Stopped);
            await connection.Completion.ConfigureAwait(false);
        }

        await _sweeping.ConfigureAwait(false);
        _streams.Detach(_shards);
        _stopped.Dispose();
    }

    /// <summary>Closes the connections whose time has come.</summary>
    internal void Sweep(Moment now)
    {
        foreach (var connection in _connections.All)
        {
            if (connection.Overdue(now) is { } reason)
                connection.Close(reason);
        }

        _closed.Forget(now);
        if (_connections.Count >= _options.MaxConnections * CrowdedPercent / 100)
            MakeRoom(now);
    }

    // Phones must not be locked out by connections that somebody opened and forgot: without a registration on it, one that is quiet for
    // longer than any transaction lasts (RFC 3261 §18: 64*T1) goes, the quietest first, until there is room again.
    private void MakeRoom(Moment now)
    {
        var quiet = new List<(Moment LastActive, SipConnection Connection)>();
        foreach (var connection in _connections.All)
        {
            var last = connection.LastActive;
            if (connection.IsAccepted && now - last >= _options.CrowdedIdleTimeout && IsHeld?.Invoke(connection.Id) != true)
                quiet.Add((last, connection));
        }

        quiet.Sort(static (a, b) => a.LastActive.CompareTo(b.LastActive));
        var tooMany = _connections.Count - (_options.MaxConnections * RoomyPercent / 100);
        for (var i = 0; i < quiet.Count && i < tooMany; i++)
            quiet[i].Connection.Close(ConnectionCloseReason.MadeRoom);
    }

    private void Bind(SipListener listener)
    {
        try
        {
            if (listener.Transport == SipTransportKind.Udp)
            {
                var udp = new UdpListener(listener, _options, _shards, _intake);
                _udp.Add(udp);
                _bound.Add(listener with { Address = udp.ForShard(0).Local });
            }
            else if (listener.Transport is SipTransportKind.Tcp or SipTransportKind.Tls)
            {
                if (listener.Transport == SipTransportKind.Tls && !_streams.Tls.IsPossible)
                    throw new InvalidOperationException("a TLS listener needs a certificate");

                var tcp = new StreamListener(listener, _streams, _connections);
                _tcp.Add(tcp);
                _bound.Add(listener with { Address = tcp.Local });
            }
            else
            {
                throw new NotSupportedException($"there is no listener for {listener.Transport}");
            }
        }
        catch (SocketException e) when (listener.Optional)
        {
            ListenerSkipped?.Invoke(listener, e);
        }
    }

    private void CloseListeners()
    {
        foreach (var listener in _udp)
            listener.Dispose();
        foreach (var listener in _tcp)
            listener.Dispose();
    }

    private void OnClosed(SipConnection connection, ConnectionCloseReason reason)
    {
        // Before it is out of the table: whoever does not find it there finds it here.
        if (connection.Shown is { } shown)
            _closed.Add(connection.Id, shown, _clock.Now);
        if (!_connections.Remove(connection))
            return;

        SipTransportCounters.Add(ref Counters.ClosedFields[(int)reason]);
        if (reason is ConnectionCloseReason.OpenFailed or ConnectionCloseReason.OpenTimeout)
            SipTransportCounters.Add(ref Counters.OpenFailuresField);

        ConnectionClosed?.Invoke(connection.Flow, reason);
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(_options.SweepInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token).ConfigureAwait(false))
                Sweep(_clock.Now);
        }
        catch (OperationCanceledException)
        {
            // The transport was stopped.
        }
    }
}
