using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Tandem.Core.Net;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

/// <summary>
/// A transport and, in place of an HTTP server, a bare listener whose connections are WebSockets from their first byte: the
/// handshake is the HTTP server's and not tested here.
/// </summary>
internal sealed class WebSocketBench : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Task> _served = [];

    public WebSocketBench(Func<SipTransportOptions, SipTransportOptions>? adjust = null, SourceGuardOptions? guard = null)
    {
        Transport = new TransportBench(adjust: adjust, guard: guard);
        _listener.Start();
    }

    public TransportBench Transport { get; }

    public SipTransportCounters Counters => Transport.Counters;

    /// <summary>The address of the newest client.</summary>
    public NetAddress Client { get; private set; }

    /// <summary>A client; its bare stream is for bytes that no client library sends.</summary>
    public (WebSocket Socket, NetworkStream Wire) Connect(bool isSecure = false)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect((IPEndPoint)_listener.LocalEndpoint);
        var server = _listener.AcceptSocket();
        Client = NetAddress.From((IPEndPoint)client.LocalEndPoint!);
        _served.Add(ServeAsync(server, isSecure));
        var wire = new NetworkStream(client, ownsSocket: true);
        return (WebSocket.CreateFromStream(wire, new WebSocketCreationOptions { SubProtocol = "sip", KeepAliveInterval = TimeSpan.Zero }), wire);
    }

    public static Task SendAsync(WebSocket socket, ReadOnlyMemory<byte> bytes, bool isWhole = true, WebSocketMessageType type = WebSocketMessageType.Text) =>
        socket.SendAsync(bytes, type, isWhole, Soon()).AsTask();

    /// <summary>The next whole message, and how it came.</summary>
    public static async Task<(string Text, WebSocketMessageType Type)> TakeAsync(WebSocket socket)
    {
        var buffer = new byte[70_000];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), Soon());
            length += part.Count;
            if (part.EndOfMessage)
                return (Encoding.Latin1.GetString(buffer, 0, length), part.MessageType);
        }
    }

    /// <summary>The status that the far side closed with.</summary>
    public static async Task<WebSocketCloseStatus?> TakeCloseAsync(WebSocket socket)
    {
        var (_, type) = await TakeAsync(socket);
        Assert.Equal(WebSocketMessageType.Close, type);
        return socket.CloseStatus;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await Transport.DisposeAsync();
        await Task.WhenAll(_served).WaitAsync(TransportBench.Patience);
    }

    private static CancellationToken Soon() => new CancellationTokenSource(TransportBench.Patience).Token;

    private async Task ServeAsync(Socket socket, bool isSecure)
    {
        var local = NetAddress.From((IPEndPoint)socket.LocalEndPoint!);
        var remote = NetAddress.From((IPEndPoint)socket.RemoteEndPoint!);
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        using var web = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "sip", KeepAliveInterval = TimeSpan.Zero });
        await Transport.Transport.RunWebSocketAsync(web, local, remote, isSecure, CancellationToken.None);
    }
}
