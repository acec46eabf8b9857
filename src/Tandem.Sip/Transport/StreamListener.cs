using System.Net.Sockets;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>Accepts connections on one address.</summary>
internal sealed class StreamListener : IDisposable
{
    private readonly StreamContext _context;
    private readonly ConnectionTable _table;
    private readonly SipTransportKind _kind;
    private readonly ClientCertificatePolicy _policy;
    private readonly Socket _socket;
    private Task _accepting = Task.CompletedTask;
    private volatile bool _stopping;

    /// <summary>Binds; throws <see cref="SocketException"/> when that fails.</summary>
    public StreamListener(SipListener listener, StreamContext context, ConnectionTable table)
    {
        _context = context;
        _table = table;
        _kind = listener.Transport;
        _policy = listener.ClientCertificates ?? context.Options.Tls.ClientCertificates;
        var isV6 = listener.Address.IsV6;
        _socket = new Socket(isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isV6)
                _socket.DualMode = false;

            _socket.Bind(listener.Address.ToIPEndPoint());
            _socket.Listen(context.Options.AcceptBacklog);
            Local = NetAddress.From((System.Net.IPEndPoint)_socket.LocalEndPoint!);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>The bound address.</summary>
    public NetAddress Local { get; }

    /// <summary>Starts to accept.</summary>
    public void Start() => _accepting = AcceptAsync();

    /// <summary>Ends when accepting has ended.</summary>
    public Task Completion => _accepting;

    public void Dispose()
    {
        _stopping = true;
        _socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping)
        {
            try
            {
                var socket = await _socket.AcceptAsync().ConfigureAwait(false);
                Take(socket);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                if (_stopping)
                    return;

                // For want of descriptors the next attempt would fail at once as well: give connections time to close.
                SipTransportCounters.Add(ref _context.Counters.AcceptFailuresField);
                using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
                await pause.WaitForNextTickAsync().ConfigureAwait(false);
            }
        }
    }

    private void Take(Socket socket)
    {
        NetAddress remote;
        try
        {
            remote = NetAddress.From((System.Net.IPEndPoint)socket.RemoteEndPoint!);
        }
        catch (SocketException)
        {
            // Gone before we looked.
            socket.Dispose();
            return;
        }

        var flow = new SipFlow(_kind, Local, remote);
        if (!_context.Intake.IsAdmitted(flow, _context.Clock.Now))
        {
            socket.Dispose();
            return;
        }

        var room = _table.Reserve(remote);
        if (room != ConnectionTable.Room.Yes)
        {
            _context.CountRefused(room);
            socket.Dispose();
            return;
        }

        var isSecure = _kind == SipTransportKind.Tls;
        if (isSecure && !_context.Handshakes.TryEnter(remote))
        {
            SipTransportCounters.Add(ref _context.Counters.HandshakesRejectedField);
            _table.GiveUp(remote);
            socket.Dispose();
            return;
        }

        StreamConnection connection;
        try
        {
            connection = StreamConnection.Accepted(_context, _kind, socket, remote, _policy);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            if (isSecure)
                _context.Handshakes.Leave(remote);

            _table.GiveUp(remote);
            socket.Dispose();
            return;
        }

        _table.Add(connection);
        SipTransportCounters.Add(ref _context.Counters.AcceptedField);
        connection.Run();
    }
}
