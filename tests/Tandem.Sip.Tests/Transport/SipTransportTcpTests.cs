using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

// RFC 3261 §18 over TCP: what arrives.
public sealed class SipTransportTcpTests
{
    // §18.3: the end of a message is where Content-Length says, however the bytes arrive.
    [Fact]
    public async Task A_message_may_arrive_byte_by_byte()
    {
        await using var bench = new TransportBench();
        using var client = new TestStream(bench.Tcp);
        foreach (var b in TransportBench.Options(bench.CallIdOf(1), 7))
            client.Send([b]);

        var input = bench.Shards[1].Take();
        Assert.Equal(7, input.Message!.Body.Length);
        Assert.Equal(SipTransportKind.Tcp, input.Flow.Transport);
        Assert.Equal(NetAddress.From(client.Local), input.Flow.Remote);
        Assert.NotEqual(0, input.Flow.Connection);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", client.Take(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_messages_may_arrive_at_once()
    {
        await using var bench = new TransportBench(isV6: true);
        using var client = new TestStream(bench.Tcp);
        byte[] all = [.. TransportBench.Options("a", 3), .. "\r\n"u8, .. TransportBench.Options("b"), .. TransportBench.Options("c", 2_000)];
        client.Send(all);
        var answers = string.Concat(client.Take(), client.Take(), client.Take());
        foreach (var callId in new[] { "a", "b", "c" })
            Assert.Contains($"Call-ID: {callId}\r\n", answers, StringComparison.Ordinal);

        Assert.Equal(3, bench.Counters.StreamMessagesIn);
        TransportBench.Until(() => bench.Counters.StreamBytesIn == all.Length, "all bytes are counted");
    }

    // The last bytes and the end come together, and the system tells of both at once.
    [Fact]
    public async Task An_end_that_comes_with_the_last_bytes_is_seen()
    {
        await using var bench = new TransportBench();
        for (var i = 0; i < 50; i++)
        {
            using var client = new TestStream(bench.Tcp);
            client.Send("\r\n"u8);
            client.Dispose();
        }

        TransportBench.Until(() => bench.Transport.Connections == 0, "all connections are closed");
    }

    // A loop reads 64 KiB of a connection and then the others: a flood is answered whole, and delays nobody for long.
    [Fact]
    public async Task A_flood_on_one_connection_is_read_in_shares()
    {
        const int messages = 1_000;
        await using var bench = new TransportBench(shards: 1);
        using var flooding = new TestStream(bench.Tcp);
        using var other = new TestStream(bench.Tcp);
        var one = TransportBench.Options("flood", 200);
        var all = new byte[one.Length * messages];
        for (var i = 0; i < messages; i++)
            one.CopyTo(all, i * one.Length);

        var sending = Task.Run(() => flooding.Send(all));
        other.Send(TransportBench.Options("other"));
        Assert.StartsWith("SIP/2.0 200 OK\r\n", other.Take(), StringComparison.Ordinal);
        for (var i = 0; i < messages; i++)
            Assert.StartsWith("SIP/2.0 200 OK\r\n", flooding.Take(), StringComparison.Ordinal);

        await sending;
        Assert.Equal(messages + 1, bench.Counters.StreamMessagesIn);
    }

    // RFC 5626 §3.5.1: a double CRLF is answered by a single one; RFC 3261 §7.5: a single CRLF before a message is nothing.
    [Fact]
    public async Task A_ping_is_answered_by_a_pong_and_a_single_line_end_by_nothing()
    {
        await using var bench = new TransportBench();
        using var client = new TestStream(bench.Tcp);
        client.Send("\r\n\r\n"u8);
        Assert.Equal("\r\n", client.Take());
        client.Send([.. "\r\n"u8, .. TransportBench.Options("a")]);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", client.Take(), StringComparison.Ordinal);
        Assert.Equal(1, bench.Counters.StreamPings);
    }

    // One connection could else keep a shard busy for ever, and the overload control would refuse the calls of all others.
    [Fact]
    public async Task Keep_alives_count_as_messages_of_their_source()
    {
        await using var bench = new TransportBench(guard: new SourceGuardOptions { MessagesPerSecond = 10, MessageBurst = 20 });
        using var client = new TestStream(bench.Tcp);
        client.Send(TransportBench.Options("a"));
        client.Take();
        client.Send(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\r\n\r\n", 100))));
        Assert.Equal([ConnectionCloseReason.RefusedByGuard], bench.UntilClosed(1));
        Assert.InRange(bench.Counters.StreamPings, 1, 30);
    }

    // A keep-alive that arrives in two pieces is over with its second one: no message has begun.
    [Fact]
    public async Task A_ping_in_two_pieces_is_no_unfinished_message()
    {
        await using var bench = new TransportBench();
        using var client = new TestStream(bench.Tcp);
        var options = TransportBench.Options("a");
        client.Send(options);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", client.Take(), StringComparison.Ordinal);
        client.Send("\r"u8);
        TransportBench.Until(() => bench.Counters.StreamBytesIn == options.Length + 1, "the first piece is read");
        client.Send("\n\r\n"u8);
        Assert.Equal("\r\n", client.Take());
        bench.UntilWritten(2);
        bench.Pass(TimeSpan.FromSeconds(11));
        Assert.Equal(1, bench.Transport.Connections);
    }

    [Fact]
    public async Task A_broken_stream_is_answered_and_closed()
    {
        await using var bench = new TransportBench();
        using var client = new TestStream(bench.Tcp);
        var text = Encoding.ASCII.GetString(TransportBench.Options(bench.CallIdOf(0))).Replace("Content-Length: 0", "Content-Length: none");
        client.Send(Encoding.ASCII.GetBytes(text));
        Assert.Equal(SipRejection.BadContentLength, bench.Shards[0].Take().Rejection);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", client.Take(), StringComparison.Ordinal);
        bench.UntilWritten(1);
        Assert.Equal(1, bench.Transport.Connections);
        TransportBench.Until(
            () =>
            {
                bench.Pass(TimeSpan.FromSeconds(2));
                return bench.Transport.Connections == 0;
            },
            "the connection is closed");
        Assert.Equal([ConnectionCloseReason.Broken], bench.UntilClosed(1));
        Assert.True(client.IsEnded());
    }

    [Fact]
    public async Task What_is_not_sip_closes_the_connection()
    {
        await using var bench = new TransportBench(adjust: o => o with { LingerTimeout = TimeSpan.Zero });
        using var client = new TestStream(bench.Tcp);
        client.Send(new byte[] { 0x16, 3, 1, 0, 0 });
        TransportBench.Until(() => bench.Counters.StreamsBroken == 1, "the stream is given up");
        client.Dispose();
        Assert.Single(bench.UntilClosed(1));
    }
}
