using System.Net.Sockets;
using System.Text;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

/// <summary>Answers that are given before the body was read, to a client that sends everything before it looks (RFC 9112 §9.6).</summary>
public sealed class BodyMiddlewareTests
{
    private const int Upload = 4 << 20; // more than the buffers of a loopback connection take

    [Theory]
    [InlineData("PUT /api/v1/prompts/a", "413 ")] // over the limit of uploads, by its length
    [InlineData("POST /api/v1/sessions", "413 ")] // over the limit of all bodies
    [InlineData("POST /api/v1/nothing", "404 ")]
    public async Task A_refused_body_is_drained_and_the_connection_goes_on(string request, string answered)
    {
        await using var server = await StartAsync();
        await using var client = new RawHttp(server.Client.BaseAddress!);
        for (var round = 0; round < 2; round++)
        {
            await client.SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Upload}\r\n\r\n");
            await client.SendAsync(new byte[Upload]);
            Assert.StartsWith("HTTP/1.1 " + answered, await client.AnswerAsync());
        }
    }

    [Theory]
    [InlineData("PUT /api/v1/prompts/a")]
    [InlineData("POST /api/v1/sessions")]
    public async Task A_body_that_does_not_tell_its_length_is_counted(string request)
    {
        await using var server = await StartAsync();
        await using var client = new RawHttp(server.Client.BaseAddress!);
        await client.SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{Upload:x}\r\n");
        var body = new byte[Upload];
        Array.Fill(body, (byte)' ');
        "RIFF    WAVE"u8.CopyTo(body);
        if (request.StartsWith("POST", StringComparison.Ordinal))
            body.AsSpan(0, 12).Fill((byte)' ');
        await client.SendAsync(body);
        await client.SendAsync("\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", await client.AnswerAsync());
        await client.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.AnswerAsync());
    }

    [Fact]
    public async Task More_than_is_drained_is_told_and_cut_off()
    {
        await using var server = await StartAsync(drain: 1 << 20);
        await using var client = new RawHttp(server.Client.BaseAddress!);
        await client.SendAsync($"PUT /api/v1/prompts/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: {1L << 40}\r\n\r\n");
        var head = await client.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 413 ", head);
        Assert.Contains("\r\nConnection: close\r\n", head);

        // However much it goes on to send.
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            for (var block = new byte[1 << 20]; ;)
                await client.SendAsync(block);
        });
    }

    [Fact]
    public async Task Nobody_is_waited_for_longer_than_the_time_for_it()
    {
        await using var server = await StartAsync(drainTime: TimeSpan.FromMilliseconds(100));
        await using var client = new RawHttp(server.Client.BaseAddress!);
        await client.SendAsync($"PUT /api/v1/prompts/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Upload}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", await client.AnswerAsync());
        Assert.True(await client.EndsAsync());
    }

    // RFC 9110 §10.1.1: a refusal instead of "100 Continue", and no way to know whether the body follows.
    [Fact]
    public async Task Who_asks_first_gets_the_refusal_and_the_end_of_the_connection()
    {
        await using var server = await StartAsync();
        await using var client = new RawHttp(server.Client.BaseAddress!);
        await client.SendAsync($"PUT /api/v1/prompts/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Upload}\r\nExpect: 100-continue\r\n\r\n");
        var head = await client.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 413 ", head);
        Assert.Contains("\r\nConnection: close\r\n", head);
    }

    private static Task<ApiServer> StartAsync(long drain = 64 << 20, TimeSpan? drainTime = null) => ApiServer.StartAsync(options => options with
    {
        Http = options.Http with { MaxBodyBytes = 1_024, MaxDrainBytes = drain, DrainTimeout = drainTime ?? TimeSpan.FromSeconds(60) },
        Playback = options.Playback with { MaxUploadBytes = 20_000 },
    });

    // A client without any grace: it writes, and only then reads.
    private sealed class RawHttp : IAsyncDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] _buffer = new byte[16_384];
        private string _waiting = "";

        public RawHttp(Uri server) => _socket.Connect(System.Net.IPAddress.Loopback, server.Port);

        public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

        public async Task SendAsync(ReadOnlyMemory<byte> bytes)
        {
            while (bytes.Length > 0)
                bytes = bytes[await _socket.SendAsync(bytes, TestContext.Current.CancellationToken)..];
        }

        /// <summary>The head of the next answer; its body is taken away.</summary>
        public async Task<string> AnswerAsync()
        {
            int end;
            while ((end = _waiting.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
                await ReadAsync();

            var head = _waiting[..(end + 4)];
            _waiting = _waiting[(end + 4)..];
            if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
                await TakeAsync("\r\n0\r\n\r\n");
            else if (head.Split("Content-Length: ") is [_, var rest])
                await TakeAsync(int.Parse(rest[..rest.IndexOf('\r', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture));
            return head;
        }

        /// <summary>Waits for the end of the connection, by a close or by a reset.</summary>
        public async Task<bool> EndsAsync()
        {
            try
            {
                return await _socket.ReceiveAsync(_buffer, TestContext.Current.CancellationToken) == 0;
            }
            catch (SocketException)
            {
                return true;
            }
        }

        public ValueTask DisposeAsync()
        {
            _socket.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task TakeAsync(string until)
        {
            int at;
            while ((at = _waiting.IndexOf(until, StringComparison.Ordinal)) < 0)
                await ReadAsync();
            _waiting = _waiting[(at + until.Length)..];
        }

        private async Task TakeAsync(int bytes)
        {
            while (_waiting.Length < bytes)
                await ReadAsync();
            _waiting = _waiting[bytes..];
        }

        private async Task ReadAsync()
        {
            var count = await _socket.ReceiveAsync(_buffer, TestContext.Current.CancellationToken);
            Assert.True(count > 0, "the connection was closed before the answer came");
            _waiting += Encoding.ASCII.GetString(_buffer, 0, count);
        }
    }
}
