using System.Net;
using System.Net.Sockets;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

// RFC 3261 §18.1.1, §18.4 and RFC 5923: the connections that are opened to send.
public sealed class SipTransportTcpOpenedTests
{
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
        using var dead = DeadPort.Tcp();
        var target = new SipFlow(SipTransportKind.Tcp, default, dead.Address);
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
}
