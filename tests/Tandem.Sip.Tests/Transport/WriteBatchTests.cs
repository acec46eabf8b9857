using System.Net;
using System.Net.Sockets;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Tests.Transport;

// What one round of a loop sends on one connection leaves in one write, in order; on others beside it too.
public sealed class WriteBatchTests
{
    [Fact]
    public async Task Messages_of_one_round_leave_in_one_write()
    {
        await using var bench = new TransportBench(shards: 1);
        using var client = new TestStream(bench.Tcp);
        var flow = Settle(bench, client, 1);
        Send(bench, [flow], "a", "b", "c");

        foreach (var callId in new[] { "a", "b", "c" })
            Assert.Equal(callId, CallId(client.Take()));

        TransportBench.Until(() => bench.Counters.StreamMessagesOut == 4, "all are counted as sent");
        Assert.Equal(2, bench.Counters.StreamWrites);
    }

    [Fact]
    public async Task What_is_more_than_a_write_takes_is_begun_at_once_and_stays_in_order()
    {
        await using var bench = new TransportBench(shards: 1);
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var target = new SipFlow(SipTransportKind.Tcp, default, NetAddress.From((IPEndPoint)server.LocalEndpoint));
        bench.Send(0, new SipPacket(target, PooledBuffer.Copy([0]), 1));
        using var far = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        TransportBench.Until(() => bench.Counters.StreamMessagesOut == 1, "the connection is open");

        // One turn: all of it is of one round. 4 KiB each, and a write takes 16.
        const int Count = 200, Size = 4_096;
        bench.Shards[0].Turns.Post(() =>
        {
            for (var i = 1; i <= Count; i++)
            {
                var bytes = new byte[Size];
                bytes.AsSpan().Fill((byte)i);
                bench.Shards[0].Send(new SipPacket(target, PooledBuffer.Copy(bytes), i));
            }
        });

        var received = new byte[1 + (Count * Size)];
        await far.GetStream().ReadExactlyAsync(received, TestContext.Current.CancellationToken);
        Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(((byte)(i + 1), (byte)(i + 1)), (received[1 + (i * Size)], received[(i + 1) * Size])));
        TransportBench.Until(() => bench.Counters.StreamMessagesOut == Count + 1, "all are counted as sent");
        Assert.InRange(bench.Counters.StreamWrites, 2, 1 + (Count / 2));
        Assert.Equal(0, bench.Counters.SendQueueFull);
    }

    // The pong is joined, and the same round reads the end behind the ping.
    [Fact]
    public async Task What_was_put_off_is_written_before_the_connection_closes()
    {
        await using var bench = new TransportBench(shards: 1);
        for (var i = 0; i < 20; i++)
        {
            using var client = new TestStream(bench.Tcp);
            client.Send(TransportBench.Options("settled"));
            Assert.Equal("settled", CallId(client.Take()));
            client.Send("\r\n\r\n"u8);
            client.EndSending();
            Assert.Equal("\r\n", client.Take());
            Assert.True(client.IsEnded());
        }
    }

    [Fact]
    public async Task Each_connection_of_a_round_gets_its_own()
    {
        await using var bench = new TransportBench(shards: 1);
        var clients = Enumerable.Range(0, 100).Select(_ => new TestStream(bench.Tcp)).ToList();
        var flows = clients.Select((client, i) => Settle(bench, client, i + 1)).ToList();
        Send(bench, flows, "first", "second");

        foreach (var client in clients)
        {
            Assert.Equal("first", CallId(client.Take()));
            Assert.Equal("second", CallId(client.Take()));
        }

        TransportBench.Until(() => bench.Counters.StreamMessagesOut == 300, "all are counted as sent");
        Assert.Equal(200, bench.Counters.StreamWrites);
        clients.ForEach(client => client.Dispose());
    }

    // One turn, so all of it is of one round.
    private static void Send(TransportBench bench, IReadOnlyList<SipFlow> flows, params string[] callIds) => bench.Shards[0].Turns.Post(() =>
    {
        foreach (var callId in callIds)
        {
            foreach (var flow in flows)
                bench.Shards[0].Send(new SipPacket(flow, PooledBuffer.Copy(TransportBench.Options(callId)), 1));
        }
    });

    // The connection with one answer behind it.
    private static SipFlow Settle(TransportBench bench, TestStream client, int answers)
    {
        client.Send(TransportBench.Options("settled"));
        Assert.Equal("settled", CallId(client.Take()));
        TransportBench.Until(() => bench.Counters.StreamMessagesOut == answers, "the answer is counted as sent");
        return bench.Shards[0].Take().Flow;
    }

    private static string CallId(string message) => message.Split("Call-ID: ")[1].Split("\r\n")[0];
}
