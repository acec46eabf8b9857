using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

// RFC 3261 §18 over UDP.
public sealed class SipTransportUdpTests
{
    [Theory]
    [InlineData(UdpReceiveMode.SocketPerShard, false)]
    [InlineData(UdpReceiveMode.SocketPerShard, true)]
    [InlineData(UdpReceiveMode.ReceiverThread, false)]
    [InlineData(UdpReceiveMode.ReceiverThread, true)]
    public async Task A_request_reaches_the_shard_of_its_call_id_and_is_answered(UdpReceiveMode mode, bool isV6)
    {
        await using var bench = new TransportBench(shards: 3, o => o with { UdpReceiveMode = mode }, isV6: isV6);
        using var client = Client(bench.Udp);
        for (var i = 0; i < 30; i++)
        {
            var callId = bench.CallIdOf(i % 3, seed: i);
            client.Send(TransportBench.Options(callId));
            var answer = Receive(client);
            Assert.StartsWith("SIP/2.0 200 OK\r\n", answer, StringComparison.Ordinal);
            Assert.Contains($"Call-ID: {callId}\r\n", answer, StringComparison.Ordinal);

            var input = bench.Shards[i % 3].Take();
            Assert.Equal(SipRejection.None, input.Rejection);
            Assert.Equal(NetAddress.From((IPEndPoint)client.Client.LocalEndPoint!), input.Flow.Remote);
            Assert.Equal(NetAddress.From(bench.Udp), input.Flow.Local);
        }

        Assert.Equal(30, bench.Counters.DatagramsIn);
        TransportBench.Until(() => bench.Counters.DatagramsOut == 30, "all answers are counted");
        Assert.Equal(0, bench.Counters.RefusedByGuard + bench.Counters.Unparsable + bench.Counters.MailboxFull + bench.Counters.SendFailures);
    }

    [Fact]
    public async Task Many_clients_at_once_are_all_heard_in_their_order()
    {
        await using var bench = new TransportBench();
        var clients = Enumerable.Range(0, 8).Select(_ => Client(bench.Udp)).ToArray();
        for (var i = 0; i < 50; i++)
        {
            for (var c = 0; c < clients.Length; c++)
                clients[c].Send(TransportBench.Options(bench.CallIdOf(c % 2, seed: c) + "-", i));

            // No more than the smallest buffer of a socket holds, though the loops get no processor meanwhile.
            var sent = (i + 1) * clients.Length;
            if (i % 10 == 9)
                TransportBench.Until(() => bench.Counters.DatagramsIn == sent, "all so far are received");
        }

        var lengths = new Dictionary<NetAddress, int>();
        var taken = 0;
        while (taken < 400)
        {
            foreach (var shard in bench.Shards)
            {
                while (shard.Inputs.TryTake(out var input, TimeSpan.FromMilliseconds(10)))
                {
                    taken++;
                    Assert.Equal(lengths.GetValueOrDefault(input.Flow.Remote), input.Message!.Body.Length);
                    lengths[input.Flow.Remote] = input.Message.Body.Length + 1;
                }
            }
        }

        Assert.All(lengths.Values, length => Assert.Equal(50, length));
        Array.ForEach(clients, client => client.Dispose());
    }

    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("\r\n")]
    [InlineData("\0")]
    [InlineData("")]
    public async Task Keep_alives_are_counted_and_not_answered(string bytes)
    {
        await using var bench = new TransportBench();
        using var client = Client(bench.Udp);
        client.Send(Encoding.ASCII.GetBytes(bytes));
        TransportBench.Until(() => bench.Counters.DatagramKeepAlives == 1, "the keep-alive is counted");
        Assert.Equal(0, bench.Counters.DatagramsOut);
        Assert.Equal(0, bench.Counters.Unparsable);
    }

    [Fact]
    public async Task What_is_no_message_is_dropped_by_reason()
    {
        await using var bench = new TransportBench(adjust: o => o with { Limits = SipLimits.Default with { MaxMessageBytes = 1_000 } });
        using var client = Client(bench.Udp);
        client.Send("hello"u8);
        client.Send(new byte[1_001]);
        client.Send(Encoding.ASCII.GetBytes(new string('x', 500)));
        client.Send(TransportBench.Options(bench.CallIdOf(0)));
        Assert.Equal(SipRejection.None, bench.Shards[0].Take().Rejection);
        TransportBench.Until(() => bench.Counters.DatagramsIn == 4, "all are counted");
        Assert.Equal(1, bench.Counters.DatagramsUndersized);
        Assert.Equal(1, bench.Counters.DatagramsOversized);
        Assert.Equal(1, bench.Counters.Unparsable);
    }

    [Fact]
    public async Task The_largest_datagram_arrives_whole()
    {
        await using var bench = new TransportBench();
        using var client = Client(bench.Udp);
        var message = TransportBench.Options(bench.CallIdOf(1), 60_000);
        client.Send(message);
        Assert.Equal(60_000, bench.Shards[1].Take().Message!.Body.Length);
    }

    [Fact]
    public async Task A_message_that_is_refused_by_the_parser_still_goes_to_its_shard()
    {
        await using var bench = new TransportBench();
        using var client = Client(bench.Udp);
        var bad = Encoding.ASCII.GetString(TransportBench.Options(bench.CallIdOf(1))).Replace("Max-Forwards: 70", "Max-Forwards: 700");
        client.Send(Encoding.ASCII.GetBytes(bad));
        var input = bench.Shards[1].Take();
        Assert.Equal(SipRejection.BadMaxForwards, input.Rejection);
        Assert.NotNull(input.Message);
    }

    [Fact]
    public async Task A_full_mailbox_drops_and_counts()
    {
        await using var bench = new TransportBench(
            1, o => o with { UdpReceiveMode = UdpReceiveMode.ReceiverThread }, loopOptions: new ShardLoopOptions { MailboxCapacity = 3 }, startLoops: false);
        using var client = Client(bench.Udp);
        for (var i = 0; i < 10; i++)
            client.Send(TransportBench.Options("c" + i));

        TransportBench.Until(() => bench.Counters.DatagramsIn == 10, "all are received");
        TransportBench.Until(() => bench.Counters.MailboxFull == 7, "seven are dropped");
        bench.Loops[0].Start();
        for (var i = 0; i < 3; i++)
            Assert.Equal("c" + i, Encoding.ASCII.GetString(bench.Shards[0].Take().Message!.CallId));
    }

    [Fact]
    public async Task The_guard_holds_back_a_flood_and_a_banned_source()
    {
        await using var bench = new TransportBench(guard: new SourceGuardOptions { MessagesPerSecond = 1, MessageBurst = 5, MaxFailures = 1 });
        using var client = Client(bench.Udp);
        for (var i = 0; i < 10; i++)
            client.Send(TransportBench.Options("c" + i));

        TransportBench.Until(() => bench.Counters.DatagramsIn == 10, "all are received");
        TransportBench.Until(() => bench.Counters.RefusedByGuard == 5, "five are refused");
        TransportBench.Until(() => bench.Shards.Sum(s => s.Inputs.Count) == 5, "five are handled");

        bench.Pass(TimeSpan.FromSeconds(3));
        bench.Guard.Bans.ReportFailure(NetAddress.From((IPEndPoint)client.Client.LocalEndPoint!), "wrong secret", bench.Clock.Now);
        client.Send(TransportBench.Options("c10"));
        TransportBench.Until(() => bench.Counters.RefusedByGuard == 6, "the banned source is refused");
        Assert.Equal(1, bench.Guard.DroppedBanned);
    }

    // RFC 3261 §18.4: the transport user hears of a failure in sending.
    [Theory]
    [InlineData("127.0.0.1", 0, 10)]
    [InlineData("127.0.0.1", 9, 65_508)]
    [InlineData("::1", 5060, 10)]
    public async Task What_cannot_be_sent_comes_back_with_its_tag(string host, int port, int bytes)
    {
        await using var bench = new TransportBench();
        Assert.True(NetAddress.TryParse(host, port, out var target));
        var flow = new SipFlow(SipTransportKind.Udp, default, target);
        bench.Send(1, new SipPacket(flow, PooledBuffer.Copy(new byte[bytes]), 42));
        Assert.Equal(new SipInput(null, flow, FailedTag: 42), bench.Shards[1].Take());
        Assert.Equal(1, bench.Counters.SendFailures);
        Assert.Equal(0, bench.Counters.DatagramsOut);
    }

    [Fact]
    public async Task A_transport_without_a_listener_fails_the_packet()
    {
        await using var bench = new TransportBench();
        var flow = new SipFlow(SipTransportKind.Wss, default, NetAddress.From(bench.Tcp));
        bench.Send(0, new SipPacket(flow, PooledBuffer.Copy("x"u8), 5));
        Assert.Equal(5, bench.Shards[0].Take().FailedTag);
    }

    [Theory]
    [InlineData(UdpReceiveMode.SocketPerShard)]
    [InlineData(UdpReceiveMode.ReceiverThread)]
    public async Task A_port_that_is_taken_stops_the_start_and_leaves_nothing_open(UdpReceiveMode mode)
    {
        await using var bench = new TransportBench(adjust: o => o with { UdpReceiveMode = mode });
        var free = NetAddress.From(IPAddress.Loopback, 0);
        var options = new SipTransportOptions
        {
            UdpReceiveMode = mode,
            Listeners = [new SipListener(SipTransportKind.Tcp, free), new SipListener(SipTransportKind.Udp, NetAddress.From(bench.Udp))],
        };
        var second = new SipTransport(options, bench.Loops, bench.Guard, bench.Clock);
        var error = Assert.Throws<SocketException>(second.Start);
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        TransportBench.Until(() => IsFree(second.Bound[0].Address.ToIPEndPoint()), "its other port is free");
    }

    [Fact]
    public async Task An_optional_listener_may_be_missing()
    {
        await using var bench = new TransportBench();
        var taken = new SipListener(SipTransportKind.Tcp, NetAddress.From(bench.Tcp), Optional: true);
        var free = new SipListener(SipTransportKind.Tcp, NetAddress.From(IPAddress.Loopback, 0));
        var skipped = new List<SipListener>();
        await using var second = new SipTransport(new SipTransportOptions { Listeners = [taken, free] }, bench.Loops, bench.Guard, bench.Clock)
        {
            ListenerSkipped = (listener, _) => skipped.Add(listener),
        };
        second.Start();
        Assert.Equal([taken], skipped);
        Assert.True(second.TryGetLocal(SipTransportKind.Tcp, false, out var local));
        Assert.NotEqual(taken.Address, local);
        Assert.False(second.TryGetLocal(SipTransportKind.Udp, false, out _));
    }

    // Anybody may have the port for a moment; a listener that was left open has it for good.
    private static bool IsFree(IPEndPoint port)
    {
        using var probe = new TcpListener(port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static UdpClient Client(IPEndPoint target)
    {
        var client = new UdpClient(target.AddressFamily);
        client.Client.ReceiveTimeout = (int)TransportBench.Patience.TotalMilliseconds;
        client.Connect(target);
        return client;
    }

    private static string Receive(UdpClient client)
    {
        IPEndPoint? from = null;
        return Encoding.ASCII.GetString(client.Receive(ref from));
    }
}
