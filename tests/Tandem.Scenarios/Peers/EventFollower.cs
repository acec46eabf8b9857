using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Tandem.Scenarios.Peers;

/// <summary>A program that follows the events of its tenant over the WebSocket.</summary>
public sealed class EventFollower : IDisposable
{
    private const int Patience = 60;

    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonElement> _seen = [];
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _next;

    private EventFollower()
    {
    }

    /// <summary>The events that have come, in their order; what the stream says of itself is not among them.</summary>
    public IReadOnlyList<JsonElement> Seen => _seen;

    /// <summary>The number of the last event that has come.</summary>
    public long Last => _seen[^1].GetProperty("sequence").GetInt64();

    /// <summary>Connects, and returns when the stream is open: what happens from now on is in it.</summary>
    /// <param name="server">The exchange.</param>
    /// <param name="query">What is asked for, as <c>types=call.*&amp;after=12</c>.</param>
    /// <param name="receiveBuffer">How much the system takes for it while it does not read, bytes; 0: as much as the system likes.</param>
    public static async Task<EventFollower> ConnectAsync(TandemServer server, string query, int receiveBuffer = 0)
    {
        var follower = new EventFollower();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Patience));
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (receiveBuffer > 0)
                    socket.ReceiveBufferSize = receiveBuffer;
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        await follower._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.HttpPort}/api/v1/events?{query}"), invoker, patience.Token);
        Assert.Equal("stream.open", Type((await follower.ReadAsync(patience.Token))!.Value));
        return follower;
    }

    public static string Type(JsonElement e) => e.GetProperty("type").GetString()!;

    /// <summary>A text of what an event says.</summary>
    public static string? Text(JsonElement e, string name) => e.GetProperty("data").GetProperty(name).GetString();

    /// <summary>The next event of that type; what comes before it is passed over, and stays in <see cref="Seen"/>.</summary>
    public Task<JsonElement> NextAsync(string type) => NextAsync(e => Type(e) == type, type);

    /// <summary>The next event that is accepted.</summary>
    public async Task<JsonElement> NextAsync(Func<JsonElement, bool> accept, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Patience));
        try
        {
            while (true)
            {
                while (_next < _seen.Count)
                {
                    if (accept(_seen[_next++]))
                        return _seen[_next - 1];
                }

                var message = await ReadAsync(patience.Token) ?? throw new InvalidOperationException($"waited for {what}, and the stream was closed: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
                if (message.TryGetProperty("sequence", out _))
                    _seen.Add(message);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"waited in vain for {what}, and got {string.Join("\n", _seen)}");
        }
    }

    /// <summary>Reads on until the exchange closes the stream, and says why it did.</summary>
    public async Task<(int Code, string Text)> ClosedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Patience));
        while (await ReadAsync(patience.Token) is { } message)
        {
            if (message.TryGetProperty("sequence", out _))
                _seen.Add(message);
        }

        return ((int)_socket.CloseStatus!, _socket.CloseStatusDescription ?? "");
    }

    public void Dispose() => _socket.Dispose();

    // The next message; null when the exchange has closed the stream.
    private async Task<JsonElement?> ReadAsync(CancellationToken cancellation)
    {
        var length = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellation);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            length += received.Count;
        }
        while (!received.EndOfMessage);

        return JsonDocument.Parse(_buffer.AsMemory(0, length).ToArray()).RootElement;
    }
}
