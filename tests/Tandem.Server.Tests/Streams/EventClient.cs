using System.Net.WebSockets;
using System.Text.Json;
using Tandem.Server.Rest;

namespace Tandem.Server.Streams;

/// <summary>Follows events as a program would.</summary>
internal sealed class EventClient(WebSocket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 << 10];

    public WebSocket Socket => socket;

    /// <summary>Connects and takes the first message, which says where the stream is.</summary>
    public static async Task<(EventClient Client, JsonElement Open)> OpenAsync(ApiServer server, string query = "", Action<ClientWebSocketOptions>? options = null)
    {
        var socket = new ClientWebSocket();
        options?.Invoke(socket.Options);
        await socket.ConnectAsync(Uri(server, query), TestContext.Current.CancellationToken);
        var client = new EventClient(socket);
        var open = await client.NextAsync();
        Assert.Equal("stream.open", open.GetProperty("type").GetString());
        return (client, open);
    }

    /// <summary>The status with which the stream is refused.</summary>
    public static async Task<int> RefusalAsync(ApiServer server, string query = "", Action<ClientWebSocketOptions>? options = null)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        options?.Invoke(socket.Options);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Uri(server, query), TestContext.Current.CancellationToken));
        return (int)socket.HttpStatusCode;
    }

    /// <summary>The next message, pings left out; fails when the server closes.</summary>
    public async Task<JsonElement> NextAsync()
    {
        while (true)
        {
            var text = await ReadAsync();
            Assert.NotNull(text);
            var message = JsonDocument.Parse(text).RootElement;
            if (message.GetProperty("type").GetString() != "stream.ping")
                return message;
        }
    }

    /// <summary>The next ping: who follows was looked at again, and may go on.</summary>
    public async Task PingAsync()
    {
        var text = await ReadAsync();
        Assert.NotNull(text);
        Assert.Equal("stream.ping", JsonDocument.Parse(text).RootElement.GetProperty("type").GetString());
    }

    /// <summary>The sequence, type and call of the next event.</summary>
    public async Task<(long Sequence, string Type, string? Call)> EventAsync()
    {
        var message = await NextAsync();
        return (message.GetProperty("sequence").GetInt64(), message.GetProperty("type").GetString()!, message.GetProperty("callId").GetString());
    }

    /// <summary>Reads to the end; why the server closed.</summary>
    public async Task<(int Code, string? Text)> ClosedAsync()
    {
        while (await ReadAsync() is not null)
        {
        }

        return ((int)socket.CloseStatus!.Value, socket.CloseStatusDescription);
    }

    public void Dispose() => socket.Dispose();

    private static Uri Uri(ApiServer server, string query) => new UriBuilder(server.Client.BaseAddress!) { Scheme = "ws", Path = "/api/v1/events", Query = query }.Uri;

    private async Task<byte[]?> ReadAsync()
    {
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(length), TestContext.Current.CancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            length += received.Count;
            if (received.EndOfMessage)
                return _buffer[..length];
        }
    }
}
