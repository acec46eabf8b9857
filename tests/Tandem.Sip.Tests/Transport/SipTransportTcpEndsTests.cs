using System.Net.Sockets;
using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

// How long a TCP connection lives, and how many there may be.
public sealed class SipTransportTcpEndsTests
{
    [Fact]
    public async Task An_idle_connection_is_closed_and_traffic_keeps_it_open()
    {
        await using var bench = new TransportBench(adjust: o => o with { IdleTimeout = TimeSpan.FromSeconds(100) });
        using var client = new TestStream(bench.Tcp);
        client.Send(TransportBench.Options("a"));
        client.Take();
        bench.UntilWritten(1);
        bench.Pass(TimeSpan.FromSeconds(90));
        client.Send("\r\n\r\n"u8);
        client.Take();
        bench.UntilWritten(2);
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
        bench.UntilWritten(1);
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
