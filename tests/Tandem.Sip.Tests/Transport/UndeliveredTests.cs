using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Tests.Transport;

/// <summary>RFC 3261 §18.4 for UDP: what ICMP says of a datagram reaches its transaction.</summary>
public class UndeliveredTests
{
    [Theory]
    [InlineData(UdpReceiveMode.SocketPerShard, false)]
    [InlineData(UdpReceiveMode.SocketPerShard, true)]
    [InlineData(UdpReceiveMode.ReceiverThread, false)]
    public async Task A_request_to_a_port_where_nobody_listens_comes_back_with_its_beginning(UdpReceiveMode mode, bool isV6)
    {
        await using var bench = new TransportBench(adjust: o => o with { UdpReceiveMode = mode }, isV6: isV6);
        using var dead = DeadPort.Udp(isV6);
        var nobody = dead.Address;
        var request = TransportBench.Options("lost");
        bench.Send(0, new SipPacket(new SipFlow(SipTransportKind.Udp, default, nobody), PooledBuffer.Copy(request), 7));

        // Which shard asked is in the branch, and each looks for itself.
        foreach (var shard in bench.Shards)
        {
            var news = shard.Take();
            Assert.Null(news.Message);
            Assert.Equal((nobody, 0L), (news.Flow.Remote, news.FailedTag));
            Assert.Equal(request[..Math.Min(request.Length, 300)], news.Undelivered![..Math.Min(news.Undelivered!.Length, 300)]);
        }

        Assert.InRange(bench.Counters.IcmpErrors, 1, 2);
    }

    // The system tells the error to whoever calls next: neither a message to somebody else nor the loop may suffer.
    [Fact]
    public async Task Others_are_not_disturbed_by_a_dead_port()
    {
        await using var bench = new TransportBench(shards: 1);
        using var alive = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)TransportBench.Patience.TotalMilliseconds, ReceiveBufferSize = 1 << 20 };
        alive.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var port = DeadPort.Udp();
        var dead = new SipFlow(SipTransportKind.Udp, default, port.Address);
        var good = new SipFlow(SipTransportKind.Udp, default, NetAddress.From((IPEndPoint)alive.LocalEndPoint!));
        for (var i = 0; i < 60; i++)
        {
            bench.Send(0, new SipPacket(dead, PooledBuffer.Copy(TransportBench.Options("dead")), 1));
            bench.Send(0, new SipPacket(good, PooledBuffer.Copy(TransportBench.Options("good")), 2));
        }

        var buffer = new byte[2_000];
        for (var i = 0; i < 60; i++)
            Assert.Contains("Call-ID: good", Encoding.ASCII.GetString(buffer, 0, alive.Receive(buffer)), StringComparison.Ordinal);

        Assert.Equal(0, bench.Counters.SendFailures);
        TransportBench.Until(() => bench.Counters.IcmpErrors > 0, "the errors are counted");

        // Nothing is left in the error queue that would keep the loop awake.
        TransportBench.Until(() => Rounds(bench, TimeSpan.FromMilliseconds(300)) < 50, "the loop sleeps again");
    }

    [Fact]
    public void A_transaction_without_a_response_fails_at_once()
    {
        var (engine, target, datagram) = Sent();
        engine.Receive(new SipInput(null, target, Undelivered: datagram), Moment.Zero);

        Assert.True(engine.TryTakeEvent(out var e));
        Assert.Equal(SipEventKind.TransportFailed, e.Kind);
        Assert.Equal(1, engine.Counters[EngineCounter.Undelivered]);
        Assert.Equal(0, engine.ClientTransactions);
    }

    // Anybody can send ICMP: it must know the branch and the address, and what has answered is there.
    [Theory]
    [InlineData("branch", 0)]
    [InlineData("address", 0)]
    [InlineData("method", 0)]
    [InlineData("cut", 0)]
    [InlineData("none", 180)]
    public void A_forged_or_late_error_changes_nothing(string forged, int status)
    {
        var (engine, target, datagram) = Sent();
        if (status > 0)
            Answer(engine, target, datagram, status);

        if (forged == "branch")
            datagram = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(datagram).Replace("branch=z9hG4bKtd", "branch=z9hG4bKtd0", StringComparison.Ordinal));
        if (forged == "method")
            "OPTIONS"u8.CopyTo(datagram);
        if (forged == "cut")
            datagram = datagram[..60];
        if (forged == "address")
            target = target with { Remote = target.Remote.WithPort(5099) };
        engine.Receive(new SipInput(null, target, Undelivered: datagram), Moment.Zero);

        Assert.False(engine.TryTakeEvent(out _));
        Assert.Equal(1, engine.ClientTransactions);
        Assert.Equal(0, engine.Counters[EngineCounter.Undelivered]);
    }

    private static (SipEngine Engine, SipFlow Target, byte[] Datagram) Sent()
    {
        var engine = new SipEngine(SipEngineOptions.Default, new TimerWheel(Moment.Zero), new Random(1));
        engine.Addressing.Set(SipTransportKind.Udp, "192.0.2.1", 5060);
        var target = new SipFlow(SipTransportKind.Udp, default, NetAddress.FromV4(0xC0000209, 5062));
        engine.SendRequest(
            SipWriter.Request(SipMethod.Invite, "sip:101@192.0.2.9:5062").Header(HeaderName.MaxForwards, 70).Header(HeaderName.From, "<sip:100@a>;tag=1")
                .Header(HeaderName.To, "<sip:101@a>").Header(HeaderName.CallId, "x").Header(HeaderName.CSeq, "1 INVITE").Header(HeaderName.Contact, "<sip:a>"),
            SipMethod.Invite, target, Moment.Zero);
        Assert.True(engine.TryTakePacket(out var packet));
        var datagram = packet.Data.Span.ToArray();
        packet.Data.Release();
        return (engine, target, datagram);
    }

    private static void Answer(SipEngine engine, SipFlow from, byte[] datagram, int status)
    {
        var text = Encoding.ASCII.GetString(datagram);
        var response = $"SIP/2.0 {status} X\r\n" + text[(text.IndexOf("\r\n", StringComparison.Ordinal) + 2)..];
        SipParser.Parse(PooledBuffer.Copy(Encoding.ASCII.GetBytes(response.Replace("To: <sip:101@a>", "To: <sip:101@a>;tag=9", StringComparison.Ordinal))), SipLimits.Default, out var message);
        engine.Receive(new SipInput(message, from), Moment.Zero);
        while (engine.TryTakeEvent(out _))
        {
        }
    }

    private static long Rounds(TransportBench bench, TimeSpan time)
    {
        using var pause = new ManualResetEventSlim();
        var before = bench.Loops[0].Meter.WakeUps;
        pause.Wait(time);
        return bench.Loops[0].Meter.WakeUps - before;
    }
}
