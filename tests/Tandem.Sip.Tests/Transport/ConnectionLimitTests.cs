using System.Net;
using System.Net.Sockets;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

/// <summary>What one source, and all together, can take of the stream transports.</summary>
public class ConnectionLimitTests
{
    [Fact]
    public async Task Who_only_connects_gets_few_places_and_who_speaks_gets_more()
    {
        await using var bench = new TransportBench(adjust: o => o with { MaxHalfOpenPerSource = 2 });
        using var first = new TestStream(bench.Tcp);
        using var second = new TestStream(bench.Tcp);
        TransportBench.Until(() => bench.Counters.Accepted == 2, "two are accepted");
        using var third = new TestStream(bench.Tcp);
        Assert.True(third.IsEnded());
        Assert.Equal((1, 0), (bench.Counters.RefusedHalfOpen, bench.Counters.RefusedSourceLimit));

        first.Send(TransportBench.Options("a"));
        first.Take();
        second.Dispose();
        bench.UntilClosed(1);
        using var fourth = new TestStream(bench.Tcp);
        using var fifth = new TestStream(bench.Tcp);
        TransportBench.Until(() => bench.Counters.Accepted == 4, "two more are accepted");
    }

    // Phones come in although others have filled the table: what is quiet and carries no registration goes, the quietest first.
    [Fact]
    public async Task Quiet_connections_make_room_when_nearly_all_places_are_taken()
    {
        await using var bench = new TransportBench(adjust: o => o with { MaxConnections = 20, CrowdedIdleTimeout = TimeSpan.FromSeconds(32) });
        var flows = new List<SipFlow>();
        bench.Transport.IsHeld = id => flows.Count > 0 && id == flows[0].Connection;
        var clients = new List<TestStream>();
        for (var i = 0; i < 19; i++)
        {
            var client = new TestStream(bench.Tcp);
            clients.Add(client);
            client.Send(TransportBench.Options(bench.CallIdOf(0)));
            flows.Add(bench.Shards[0].Take().Flow);
            client.Take();
            bench.UntilWritten(i + 1);
            bench.Pass(TimeSpan.FromSeconds(1));
        }

        // The youngest is quiet for 1 s, the oldest for 19 s: nobody goes yet. 20 s later five are quiet long enough; two are not: the
        // one with a registration stays, and only as many go as there must be.
        Assert.Equal(19, bench.Transport.Connections);
        bench.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal([ConnectionCloseReason.MadeRoom], bench.UntilClosed(1).Distinct());
        TransportBench.Until(() => bench.Transport.Connections == 18, "there is room again");
        Assert.True(bench.Transport.IsOpen(flows[0].Connection));
        Assert.False(bench.Transport.IsOpen(flows[1].Connection));

        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task What_waits_for_all_slow_readers_together_is_bounded()
    {
        await using var bench = new TransportBench(adjust: o => o with { MaxSendQueueBytes = 1 << 20, MaxSendQueueBytesInAll = 300_000 });
        var readers = Enumerable.Range(0, 3).Select(_ => Slow(bench, IPAddress.Loopback)).ToList();

        // More than the system buffers of a connection take.
        var big = new byte[60_000];
        for (var i = 0; i < 300; i++)
            bench.Send(0, new SipPacket(readers[i % 3].Flow, PooledBuffer.Copy(big), i + 1));

        TransportBench.Until(() => bench.Counters.SendQueueFull > 0, "the common bound is reached");
        Assert.InRange(bench.Transport.QueuedBytes, 1, 300_000);
        foreach (var (socket, _) in readers)
            socket.Dispose();

        bench.UntilClosed(3);
        TransportBench.Until(() => bench.Transport.QueuedBytes == 0, "what waited is given back");
    }

    // Whoever opens many connections and reads none of them takes the room of nobody else.
    [Fact]
    public async Task What_waits_for_the_slow_readers_of_one_source_is_bounded_and_others_have_room()
    {
        await using var bench = new TransportBench(adjust: o => o with { MaxSendQueueBytes = 1 << 20, MaxSendQueueBytesPerSource = 300_000 });
        var readers = Enumerable.Range(0, 3).Select(_ => Slow(bench, IPAddress.Loopback)).ToList();
        for (var i = 0; i < 300; i++)
            bench.Send(0, new SipPacket(readers[i % 3].Flow, PooledBuffer.Copy(new byte[60_000]), i + 1));

        TransportBench.Until(() => bench.Counters.SendQueueFull > 0, "the bound of the source is reached");
        Assert.InRange(bench.Transport.QueuedBytes, 1, 300_000);

        readers.Add(Slow(bench, IPAddress.Parse("127.0.0.2")));
        for (var i = 0; i < 300; i++)
            bench.Send(0, new SipPacket(readers[3].Flow, PooledBuffer.Copy(new byte[60_000]), 1_000 + i));
        TransportBench.Until(() => bench.Transport.QueuedBytes > 300_000, "another source has room of its own");
        Assert.InRange(bench.Transport.QueuedBytes, 300_001, 600_000);

        readers.ForEach(reader => reader.Socket.Dispose());
        bench.UntilClosed(4);
        TransportBench.Until(() => bench.Transport.QueuedBytes == 0, "what waited is given back");
    }

    // Slow loris: a byte now and then wins no time, and what it holds meanwhile is one connection of its source.
    [Fact]
    public async Task A_message_that_trickles_in_is_cut_off()
    {
        await using var bench = new TransportBench();
        using var client = new TestStream(bench.Tcp);
        client.Send(TransportBench.Options("whole"));
        client.Take();
        bench.UntilWritten(1);
        var bytes = TransportBench.Options("never");
        for (var i = 0; i < 9; i++)
        {
            client.Send(bytes.AsSpan(i, 1).ToArray());
            TransportBench.Until(() => bench.Counters.StreamBytesIn == TransportBench.Options("whole").Length + i + 1, "the byte came");
            bench.Pass(TimeSpan.FromSeconds(1));
        }

        bench.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal([ConnectionCloseReason.HalfOpen], bench.UntilClosed(1));
    }

    [Fact]
    public async Task A_close_in_the_middle_of_a_message_leaves_nothing()
    {
        await using var bench = new TransportBench();
        for (var i = 0; i < 50; i++)
        {
            using var client = new TestStream(bench.Tcp);
            var bytes = TransportBench.Options("half", 500);
            client.Send(bytes[..(1 + ((bytes.Length - 2) * i / 50))]);
        }

        Assert.Equal([ConnectionCloseReason.ByPeer], bench.UntilClosed(50).Where(r => r != ConnectionCloseReason.NetworkError).Distinct());
        Assert.Equal(0, bench.Transport.Connections);
        Assert.Equal(0, bench.Counters.StreamMessagesIn);
    }

    // However busy the machine is: from its accept on, and not from when a thread comes to it.
    [Fact]
    public async Task The_time_for_a_handshake_runs_from_the_accept()
    {
        await using var bench = new TransportBench();
        var options = new SipTransportOptions { ConnectTimeout = TimeSpan.FromHours(1) };
        var context = new StreamContext(options, new MessageIntake(options, bench.Loops, bench.Guard, bench.Clock, bench.Counters), bench.Counters, (_, _) => { });
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TestStream((IPEndPoint)listener.LocalEndpoint);
        var remote = NetAddress.From(client.Local);
        Assert.True(context.Handshakes.TryEnter(remote));
        var connection = StreamConnection.Accepted(context, SipTransportKind.Tls, listener.AcceptSocket(), remote, ClientCertificatePolicy.None);
        bench.Pass(options.Tls.HandshakeTimeout - TimeSpan.FromMilliseconds(1));
        Assert.Null(connection.Overdue(bench.Clock.Now));
        bench.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ConnectionCloseReason.HandshakeTimeout, connection.Overdue(bench.Clock.Now));
        connection.Close(ConnectionCloseReason.HandshakeTimeout);
        Assert.True(client.IsEnded());
    }

    // A client that has sent a message and reads nothing.
    private static (Socket Socket, SipFlow Flow) Slow(TransportBench bench, IPAddress from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        socket.Bind(new IPEndPoint(from, 0));
        socket.Connect(bench.Tcp);
        socket.Send(TransportBench.Options(bench.CallIdOf(0)));

        // What was not sent to others comes to the shard as well.
        SipInput input;
        do
            input = bench.Shards[0].Take();
        while (input.Message is null);
        return (socket, input.Flow);
    }
}
