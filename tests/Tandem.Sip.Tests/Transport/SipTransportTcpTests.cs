using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

// RFC 3261 §18 over TCP.
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
        Assert.Equal(all.Length, bench.Counters.StreamBytesIn);
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

    [Fact]
    public async Task An_idle_connection_is_closed_and_traffic_keeps_it_open()
    {
        await using var bench = new TransportBench(adjust: o => o with { IdleTimeout = TimeSpan.FromSeconds(100) });
        using var client = new TestStream(bench.Tcp);
        client.Send(TransportBench.Options("a"));
        client.Take();
        TransportBench.Until(() => bench.Counters.StreamMessagesOut == 1, "the answer is counted as sent");
        bench.Pass(TimeSpan.FromSeconds(90));
        client.Send("\r\n\r\n"u8);
        client.Take();
        TransportBench.Until(() => bench.Counters.StreamMessagesOut == 2, "the pong is counted as sent");
        bench.Pass(TimeSpan.FromSeconds(90));
        Assert.Equal(1, bench.Transport.Connections);
        bench.Pass(TimeSpan.FromSeconds(11));
        Assert.True(client.IsEnded());
        Assert.Equal([ConnectionCloseReason.Idle], bench.UntilClosed(1));
        Assert.Equal(1, bench.Counters.Closed(ConnectionCloseReason.Idle));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("OPTIONS sip:x SIP/2.0\r\nVia: ")]
    public async Task A_connection_without_a_first_whole_message_is_closed(string bytes)
    {
        await using var bench = new TransportBench();
        using var client = new TestStream(bench.Tcp);
        client.Send(Encoding.ASCII.GetBytes(bytes));
        TransportBench.Until(() => bench.Transport.Connections == 1 && bench.Counters.StreamBytesIn == bytes.Length, "the bytes are read");
        bench.Pass(TimeSpan.FromSeconds(9));
        Assert.Equal(1, bench.Transport.Connections);
        bench.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal([ConnectionCloseReason.HalfOpen], bench.UntilClosed(1));
    }

    [Fact]
    public async Task A_begun_message_must_end_in_time_and_more_bytes_win_none()
    {
        await using var bench = new TransportBench();
        using var client = new TestStream(bench.Tcp);
        client.Send(TransportBench.Options("a"));
        client.Take();
        TransportBench.Until(() => bench.Counters.StreamMessagesOut == 1, "the answer is counted as sent");
        bench.Pass(TimeSpan.FromSeconds(1_000));
        Assert.Equal(1, bench.Transport.Connections);

        var begun = TransportBench.Options("b");
        client.Send(begun.AsSpan(0, 10));
        TransportBench.Until(() => bench.Counters.StreamBytesIn == TransportBench.Options("a").Length + 10, "the start is read");
        bench.Pass(TimeSpan.FromSeconds(6));
        client.Send(begun.AsSpan(10, 10));
        TransportBench.Until(() => bench.Counters.StreamBytesIn == TransportBench.Options("a").Length + 20, "more is read");
        bench.Pass(TimeSpan.FromSeconds(6));
        Assert.Equal([ConnectionCloseReason.HalfOpen], bench.UntilClosed(1));
    }

    [Fact]
    public async Task Connections_are_limited_for_each_source_and_in_all()
    {
        await using var bench = new TransportBench(adjust: o => o with { MaxConnectionsPerSource = 2 });
        using var first = new TestStream(bench.Tcp);
        using var second = new TestStream(bench.Tcp);
        TransportBench.Until(() => bench.Counters.Accepted == 2, "two are accepted");
        using var third = new TestStream(bench.Tcp);
        Assert.True(third.IsEnded());
        Assert.Equal(1, bench.Counters.RefusedSourceLimit);

        first.Dispose();
        Assert.Equal([ConnectionCloseReason.ByPeer], bench.UntilClosed(1));
        using var fourth = new TestStream(bench.Tcp);
        fourth.Send("\r\n\r\n"u8);
        Assert.Equal("\r\n", fourth.Take());

        await using var small = new TransportBench(adjust: o => o with { MaxConnections = 1 });
        using var only = new TestStream(small.Tcp);
        TransportBench.Until(() => small.Counters.Accepted == 1, "one is accepted");
        using var refused = new TestStream(small.Tcp);
        Assert.True(refused.IsEnded());
        Assert.Equal(1, small.Counters.RefusedTotalLimit);
    }

    [Fact]
    public async Task A_banned_source_is_not_accepted_and_loses_its_connections()
    {
        await using var bench = new TransportBench(guard: new SourceGuardOptions { MaxFailures = 1 });
        using var client = new TestStream(bench.Tcp);
        client.Send(TransportBench.Options("a"));
        client.Take();
        bench.Guard.Bans.ReportFailure(NetAddress.From(client.Local), "wrong secret", bench.Clock.Now);
        client.Send(TransportBench.Options("b"));
        Assert.Equal([ConnectionCloseReason.RefusedByGuard], bench.UntilClosed(1));
        using var again = new TestStream(bench.Tcp);
        Assert.True(again.IsEnded());
        Assert.Equal(2, bench.Counters.RefusedByGuard);
    }

    // §18.1.1: a connection is opened where there is none, and used again where there is one.
    [Fact]
    public async Task A_connection_is_opened_on_demand_and_reused_by_all_shards()
    {
        await using var bench = new TransportBench();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var target = new SipFlow(SipTransportKind.Tcp, default, NetAddress.From((IPEndPoint)server.LocalEndpoint));
        bench.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("a")), 1));
        bench.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("b")), 2));
        using var far = new TestStream(server.AcceptSocket());
        Assert.Contains("Call-ID: a\r\n", far.Take(), StringComparison.Ordinal);
        Assert.Contains("Call-ID: b\r\n", far.Take(), StringComparison.Ordinal);
        bench.Send(1, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("c")), 3));
        Assert.Contains("Call-ID: c\r\n", far.Take(), StringComparison.Ordinal);
        Assert.Equal(1, bench.Counters.Opened);

        // What comes back on it is heard, with its id.
        far.Send(TransportBench.Options(bench.CallIdOf(1)));
        var input = bench.Shards[1].Take();
        Assert.Equal(target.Remote, input.Flow.Remote);
        Assert.Contains("SIP/2.0 200 OK", far.Take(), StringComparison.Ordinal);
        Assert.Equal(0, bench.Counters.SendFailures);
    }

    [Fact]
    public async Task After_a_close_the_old_id_fails_and_a_target_without_one_opens_anew()
    {
        await using var bench = new TransportBench();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var target = new SipFlow(SipTransportKind.Tcp, default, NetAddress.From((IPEndPoint)server.LocalEndpoint));
        bench.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("a")), 1));
        SipFlow flow;
        using (var far = new TestStream(server.AcceptSocket()))
        {
            far.Take();
            far.Send(TransportBench.Options(bench.CallIdOf(0)));
            flow = bench.Shards[0].Take().Flow;
            far.Take();
        }

        Assert.Single(bench.UntilClosed(1));
        bench.Send(0, new SipPacket(flow, PooledBuffer.Copy(TransportBench.Options("b")), 77));
        Assert.Equal(new SipInput(null, flow, FailedTag: 77), bench.Shards[0].Take());

        bench.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("c")), 78));
        using var again = new TestStream(server.AcceptSocket());
        Assert.Contains("Call-ID: c\r\n", again.Take(), StringComparison.Ordinal);

        // RFC 5626 §5.3: a flow that is gone is not replaced by another connection to the same address.
        bench.Send(0, new SipPacket(flow, PooledBuffer.Copy(TransportBench.Options("d")), 79));
        Assert.Equal(new SipInput(null, flow, FailedTag: 79), bench.Shards[0].Take());
        Assert.Equal(2, bench.Counters.Opened);
    }

    // RFC 5923 §9: who connects from a port may not be who listens on it.
    [Fact]
    public async Task An_accepted_connection_is_no_way_to_the_address_that_it_came_from()
    {
        await using var bench = new TransportBench();
        using var stranger = new TestStream(bench.Tcp);
        stranger.Send(TransportBench.Options(bench.CallIdOf(0)));
        var flow = bench.Shards[0].Take().Flow;
        stranger.Take();

        bench.Send(0, new SipPacket(flow with { Connection = 0 }, PooledBuffer.Copy(TransportBench.Options("b")), 5));

        Assert.Equal(5, bench.Shards[0].Take().FailedTag);
        Assert.Equal(1, bench.Counters.OpenFailures);
    }

    // §18.4: a connection failure is reported.
    [Fact]
    public async Task A_refused_connection_fails_everything_that_waited_for_it()
    {
        await using var bench = new TransportBench();
        NetAddress nobody;
        using (var server = new TcpListener(IPAddress.Loopback, 0))
        {
            server.Start();
            nobody = NetAddress.From((IPEndPoint)server.LocalEndpoint);
        }

        var target = new SipFlow(SipTransportKind.Tcp, default, nobody);
        bench.Send(0, new SipPacket(target, PooledBuffer.Copy("x"u8), 1));
        bench.Send(0, new SipPacket(target, PooledBuffer.Copy("y"u8), 2));
        Assert.Equal([1L, 2L], new[] { bench.Shards[0].Take().FailedTag, bench.Shards[0].Take().FailedTag }.Order());
        Assert.True(bench.Counters.OpenFailures >= 1);
    }

    [Fact]
    public async Task A_far_side_that_reads_nothing_fills_the_queue_and_is_closed()
    {
        await using var bench = new TransportBench(adjust: o => o with { MaxSendQueueBytes = 100_000 });
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Server.ReceiveBufferSize = 4_096;
        server.Start();
        var target = new SipFlow(SipTransportKind.Tcp, default, NetAddress.From((IPEndPoint)server.LocalEndpoint));
        var sent = 1;
        bench.Send(0, new SipPacket(target, PooledBuffer.Copy(new byte[1]), sent));
        TransportBench.Until(() => bench.Counters.StreamMessagesOut == 1, "the connection is open");
        TransportBench.Until(
            () =>
            {
                for (var i = 0; i < 100; i++)
                    bench.Send(0, new SipPacket(target, PooledBuffer.Copy(new byte[30_000]), ++sent));

                return bench.Counters.SendQueueFull > 0;
            },
            "the queue is full");
        Assert.NotEqual(0, bench.Shards[0].Take().FailedTag);
        Assert.InRange(bench.Transport.QueuedBytes, 1, 100_000);
        TransportBench.Until(
            () =>
            {
                bench.Pass(TimeSpan.FromSeconds(11));
                return bench.Transport.Connections == 0;
            },
            "the stalled connection is closed");
        Assert.Equal(ConnectionCloseReason.SendStalled, bench.UntilClosed(1)[0]);
        TransportBench.Until(
            () => bench.Counters.SendFailures + bench.Counters.StreamMessagesOut == sent, "every packet was sent or has failed");
    }

    // A client may end its sending with its request (RFC 9293 §3.6): it still reads, and is still owed the answer.
    [Fact]
    public async Task A_half_closed_client_gets_its_answer_and_then_the_end()
    {
        await using var bench = new TransportBench();
        bench.Shards[0].Answers = false;
        using var client = new TestStream(bench.Tcp);
        client.Send(TransportBench.Options(bench.CallIdOf(0)));
        client.EndSending();
        var flow = bench.Shards[0].Take().Flow;
        Assert.Equal(1, bench.Transport.Connections);
        bench.Pass(TimeSpan.FromSeconds(31));
        bench.Send(0, new SipPacket(flow, PooledBuffer.Copy("SIP/2.0 100 Trying\r\n\r\n"u8), 1));
        bench.Send(0, new SipPacket(flow, PooledBuffer.Copy("SIP/2.0 200 OK\r\n\r\n"u8), 2));
        Assert.StartsWith("SIP/2.0 100 ", client.Take(), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 200 ", client.Take(), StringComparison.Ordinal);
        Assert.True(client.IsEnded());
        Assert.Equal([ConnectionCloseReason.ByPeer], bench.UntilClosed(1));
    }

    [Fact]
    public async Task A_half_closed_client_is_not_waited_for_without_end()
    {
        await using var bench = new TransportBench();
        bench.Shards[0].Answers = false;
        using var client = new TestStream(bench.Tcp);
        client.Send(TransportBench.Options(bench.CallIdOf(0)));
        client.EndSending();
        bench.Shards[0].Take();
        TransportBench.Until(
            () =>
            {
                bench.Pass(TimeSpan.FromSeconds(33));
                return bench.Transport.Connections == 0;
            },
            "the connection is closed");
        Assert.Equal([ConnectionCloseReason.ByPeer], bench.UntilClosed(1));
    }

    [Fact]
    public async Task Stopping_closes_what_is_open_and_fails_what_waits()
    {
        var bench = new TransportBench();
        using var client = new TestStream(bench.Tcp);
        client.Send(TransportBench.Options("a"));
        client.Take();
        await bench.DisposeAsync();
        Assert.True(client.IsEnded());
        Assert.Equal([ConnectionCloseReason.Stopped], bench.UntilClosed(1));
        Assert.Throws<SocketException>(() => new TestStream(bench.Tcp));
    }
}
