using System.Net;
using System.Net.WebSockets;
using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

// RFC 7118.
public sealed class SipTransportWebSocketTests
{
    // §4.2: both kinds of frames are accepted; what is UTF-8 goes back as text.
    [Theory]
    [InlineData(WebSocketMessageType.Text, false)]
    [InlineData(WebSocketMessageType.Binary, true)]
    public async Task A_message_is_a_frame(WebSocketMessageType type, bool isSecure)
    {
        await using var bench = new WebSocketBench();
        var (client, _) = bench.Connect(isSecure);
        await WebSocketBench.SendAsync(client, TransportBench.Options(bench.Transport.CallIdOf(1)), type: type);
        var input = bench.Transport.Shards[1].Take();
        Assert.Equal(isSecure ? SipTransportKind.Wss : SipTransportKind.Ws, input.Flow.Transport);
        Assert.Equal(bench.Client, input.Flow.Remote);
        var (answer, answerType) = await WebSocketBench.TakeAsync(client);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(WebSocketMessageType.Text, answerType);
        Assert.Equal(1, bench.Transport.Transport.ConnectionsOf(input.Flow.Transport));
    }

    // §4.2: what is not UTF-8 as a whole must go in a binary message.
    [Fact]
    public async Task What_is_not_utf_8_is_sent_as_binary()
    {
        await using var bench = new WebSocketBench();
        var (client, _) = bench.Connect();
        await WebSocketBench.SendAsync(client, TransportBench.Options(bench.Transport.CallIdOf(0)));
        var flow = bench.Transport.Shards[0].Take().Flow;
        await WebSocketBench.TakeAsync(client);
        bench.Transport.Send(1, new SipPacket(flow, PooledBuffer.Copy([0x41, 0xE9, 0x42]), 1));
        Assert.Equal(("A\u00e9B", WebSocketMessageType.Binary), await WebSocketBench.TakeAsync(client));
    }

    // RFC 6455 §5.4: a message may come in fragments of any size.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(100, 20_000)]
    public async Task A_message_may_come_in_fragments(int size, int body)
    {
        await using var bench = new WebSocketBench();
        var (client, _) = bench.Connect();
        var message = TransportBench.Options(bench.Transport.CallIdOf(0), body);
        for (var at = 0; at < message.Length; at += size)
            await WebSocketBench.SendAsync(client, message.AsMemory(at, Math.Min(size, message.Length - at)), at + size >= message.Length);

        Assert.Equal(body, bench.Transport.Shards[0].Take().Message!.Body.Length);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", (await WebSocketBench.TakeAsync(client)).Text, StringComparison.Ordinal);
        Assert.Equal(1, bench.Counters.StreamMessagesIn);
        Assert.Equal(message.Length, bench.Counters.StreamBytesIn);
    }

    // §5: Content-Length is not needed.
    [Fact]
    public async Task A_message_needs_no_content_length()
    {
        await using var bench = new WebSocketBench();
        var (client, _) = bench.Connect();
        var text = Encoding.ASCII.GetString(TransportBench.Options(bench.Transport.CallIdOf(0))).Replace("Content-Length: 0\r\n", "", StringComparison.Ordinal);
        await WebSocketBench.SendAsync(client, Encoding.ASCII.GetBytes(text + "body"));
        var input = bench.Transport.Shards[0].Take();
        Assert.Equal(SipRejection.None, input.Rejection);
        Assert.Equal("body"u8, input.Message!.Body);
    }

    // What was to be sent to a browser that is just going away is a failure that its shard hears of (RFC 3261 §18.4).
    [Fact]
    public async Task What_a_socket_does_not_take_any_more_is_reported()
    {
        await using var bench = new TransportBench();
        var local = NetAddress.From(IPAddress.Loopback, 80);
        var remote = NetAddress.From(IPAddress.Loopback, 81);
        using var socket = new DeafSocket();
        var running = bench.Transport.RunWebSocketAsync(socket, local, remote, isSecure: false, CancellationToken.None);
        bench.Send(1, new SipPacket(new SipFlow(SipTransportKind.Ws, local, remote, 1), PooledBuffer.Copy("x"u8), 5));
        Assert.Equal(5, bench.Shards[1].Take().FailedTag);
        await running.WaitAsync(TransportBench.Patience);
        Assert.Equal([ConnectionCloseReason.NetworkError], bench.UntilClosed(1));
        Assert.Equal(0, bench.Transport.QueuedBytes);
        Assert.All(bench.Loops, loop => Assert.Equal(0, loop.Meter.Faults));
    }

    [Fact]
    public async Task A_socket_that_cannot_even_be_closed_keeps_no_place()
    {
        await using var bench = new TransportBench();
        var local = NetAddress.From(IPAddress.Loopback, 80);
        using var socket = new DeafSocket { FailsToAbort = true };
        var running = bench.Transport.RunWebSocketAsync(socket, local, NetAddress.From(IPAddress.Loopback, 81), isSecure: false, CancellationToken.None);
        Assert.Equal(1, bench.Transport.Connections);
        bench.Pass(TimeSpan.FromHours(1));
        Assert.Equal(0, bench.Transport.Connections);
        Assert.Equal([ConnectionCloseReason.HalfOpen], bench.UntilClosed(1));
        Assert.Equal(1, bench.Loops[0].Meter.Faults);
        await running.WaitAsync(TransportBench.Patience);
    }

    // §6, RFC 5626 §3.5.1.
    [Fact]
    public async Task A_keep_alive_inside_is_answered()
    {
        await using var bench = new WebSocketBench();
        var (client, _) = bench.Connect();
        await WebSocketBench.SendAsync(client, "\r\n\r\n"u8.ToArray());
        Assert.Equal("\r\n", (await WebSocketBench.TakeAsync(client)).Text);
        await WebSocketBench.SendAsync(client, "\r\n"u8.ToArray());
        await WebSocketBench.SendAsync(client, TransportBench.Options("a"));
        Assert.StartsWith("SIP/2.0 200 OK\r\n", (await WebSocketBench.TakeAsync(client)).Text, StringComparison.Ordinal);
        Assert.Equal(1, bench.Counters.StreamPings);
    }

    // RFC 6455 §5.5.2: a ping frame, and its pong.
    [Fact]
    public async Task A_ping_frame_is_answered()
    {
        await using var bench = new WebSocketBench();
        var (_, wire) = bench.Connect();
        wire.Write([0x89, 0x82, 0, 0, 0, 0, (byte)'h', (byte)'i']);
        var answer = new byte[4];
        await wire.ReadExactlyAsync(answer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TransportBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal([0x8A, 2, (byte)'h', (byte)'i'], answer);
    }

    [Fact]
    public async Task A_message_over_the_limit_ends_the_connection_and_says_why()
    {
        await using var bench = new WebSocketBench();
        var (client, _) = bench.Connect();
        await WebSocketBench.SendAsync(client, TransportBench.Options("a", 65_535));
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await WebSocketBench.TakeCloseAsync(client));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        Assert.Equal([ConnectionCloseReason.Broken], bench.Transport.UntilClosed(1));
        Assert.Equal(1, bench.Counters.StreamsBroken);
        Assert.Equal(0, bench.Counters.StreamMessagesIn);
    }

    // What is no SIP is dropped as a datagram is: the next frame begins anew.
    [Fact]
    public async Task What_is_not_sip_is_dropped_and_the_connection_lives()
    {
        await using var bench = new WebSocketBench();
        var (client, _) = bench.Connect();
        await WebSocketBench.SendAsync(client, "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await WebSocketBench.SendAsync(client, TransportBench.Options("a"));
        Assert.StartsWith("SIP/2.0 200 OK\r\n", (await WebSocketBench.TakeAsync(client)).Text, StringComparison.Ordinal);
    }

    // RFC 6455 §5.4: a continuation of nothing; §5.2: a reserved opcode, a reserved bit; §5.5: a control frame in fragments.
    [Theory]
    [InlineData(new byte[] { 0x80, 0x80, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0xC1, 0x80, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x09, 0x80, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x83, 0x80, 0, 0, 0, 0 })]
    public async Task Broken_framing_ends_the_connection(byte[] bytes)
    {
        await using var bench = new WebSocketBench();
        var (_, wire) = bench.Connect();
        wire.Write(bytes);
        Assert.Equal([ConnectionCloseReason.NetworkError], bench.Transport.UntilClosed(1));
    }

    [Fact]
    public async Task A_client_that_says_goodbye_gets_an_answer()
    {
        await using var bench = new WebSocketBench();
        var (client, _) = bench.Connect();
        await WebSocketBench.SendAsync(client, TransportBench.Options("a"));
        await WebSocketBench.TakeAsync(client);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken).WaitAsync(TransportBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        Assert.Equal([ConnectionCloseReason.ByPeer], bench.Transport.UntilClosed(1));
    }

    [Fact]
    public async Task An_abrupt_end_is_seen_and_what_is_sent_to_it_fails()
    {
        await using var bench = new WebSocketBench();
        var (client, wire) = bench.Connect();
        await WebSocketBench.SendAsync(client, TransportBench.Options(bench.Transport.CallIdOf(0)));
        var flow = bench.Transport.Shards[0].Take().Flow;
        await WebSocketBench.TakeAsync(client);
        wire.Socket.Close(0);
        Assert.Equal([ConnectionCloseReason.NetworkError], bench.Transport.UntilClosed(1));
        bench.Transport.Send(0, new SipPacket(flow, PooledBuffer.Copy("x"u8), 8));
        Assert.Equal(8, bench.Transport.Shards[0].Take().FailedTag);
    }

    [Fact]
    public async Task Nothing_is_opened_over_websocket()
    {
        await using var bench = new WebSocketBench();
        bench.Connect();
        var target = new SipFlow(SipTransportKind.Ws, default, bench.Client.WithPort(80));
        bench.Transport.Send(0, new SipPacket(target, PooledBuffer.Copy("x"u8), 8));
        Assert.Equal(8, bench.Transport.Shards[0].Take().FailedTag);
    }

    [Fact]
    public async Task A_connection_without_a_first_message_is_closed()
    {
        await using var bench = new WebSocketBench();
        var (client, _) = bench.Connect();
        TransportBench.Until(() => bench.Transport.Transport.Connections == 1, "it is there");
        await WebSocketBench.SendAsync(client, "OPTIONS"u8.ToArray(), isWhole: false);
        TransportBench.Until(() => bench.Counters.StreamBytesIn == 7, "its first bytes are read");
        bench.Transport.Pass(TimeSpan.FromSeconds(9));
        Assert.Equal(1, bench.Transport.Transport.Connections);
        bench.Transport.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal([ConnectionCloseReason.HalfOpen], bench.Transport.UntilClosed(1));
    }

    [Fact]
    public async Task An_idle_connection_is_told_to_go()
    {
        await using var bench = new WebSocketBench(o => o with { IdleTimeout = TimeSpan.FromSeconds(100), LingerTimeout = TransportBench.Patience });
        var (client, _) = bench.Connect();
        await WebSocketBench.SendAsync(client, TransportBench.Options("a"));
        await WebSocketBench.TakeAsync(client);
        TransportBench.Until(() => bench.Counters.StreamMessagesOut == 1, "the answer is counted as sent");
        bench.Transport.Pass(TimeSpan.FromSeconds(101));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await WebSocketBench.TakeCloseAsync(client));
        Assert.Equal([ConnectionCloseReason.Idle], bench.Transport.UntilClosed(1));
    }

    [Fact]
    public async Task Limits_and_bans_hold_for_websockets()
    {
        await using var bench = new WebSocketBench(o => o with { MaxConnectionsPerSource = 1 }, new SourceGuardOptions { MaxFailures = 1 });
        var (first, _) = bench.Connect();
        await WebSocketBench.SendAsync(first, TransportBench.Options("a"));
        await WebSocketBench.TakeAsync(first);
        var (second, _) = bench.Connect();
        Assert.Equal((WebSocketCloseStatus)1013, await WebSocketBench.TakeCloseAsync(second));
        Assert.Equal(1, bench.Counters.RefusedSourceLimit);

        bench.Transport.Guard.Bans.ReportFailure(bench.Client, "wrong secret", bench.Transport.Clock.Now);
        var (third, _) = bench.Connect();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await WebSocketBench.TakeCloseAsync(third));
        await WebSocketBench.SendAsync(first, TransportBench.Options("b"));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await WebSocketBench.TakeCloseAsync(first));
        Assert.Equal(2, bench.Counters.RefusedByGuard);
    }

    /// <summary>Brings nothing and takes nothing, as one whose close frame has gone out.</summary>
    private sealed class DeafSocket : WebSocket
    {
        private readonly TaskCompletionSource<WebSocketReceiveResult> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool FailsToAbort { get; init; }

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.CloseSent;

        public override string? SubProtocol => "sip";

        public override void Abort()
        {
            _received.TrySetException(new WebSocketException(WebSocketError.InvalidState));
            if (FailsToAbort)
                throw new NotSupportedException("not now");
        }

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Dispose()
        {
        }

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => _received.Task;

        public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
            Task.FromException(new WebSocketException(WebSocketError.InvalidState));
    }
}
