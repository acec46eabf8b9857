using System.Net.Sockets;
using Tandem.Core.Time;
using Tandem.Testing;

namespace Tandem.Media.Tests;

/// <summary>The relay over real sockets on loopback, on both kinds of loop.</summary>
public sealed class MediaEngineTests : EngineRig
{
    // How long a packet may take, in milliseconds: bounds what is broken, not what is slow.
    private const int Patience = 60_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Packets_cross_both_ways_unchanged_and_are_counted(bool epoll)
    {
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var b = new Phone();
        var session = relay.Open(_ => { })!;
        var (portForB, portForA) = Connect(session, a, b);
        Assert.Equal(4, relay.PortsInUse);

        const int Count = 2000;
        var fromA = 0;
        var fromB = 0;
        for (var i = 0; i < Count; i++)
        {
            var toB = Phone.Packet((ushort)i, 1);
            var toA = Phone.Packet((ushort)i, 2);
            a.Send(toB, portForA);
            b.Send(toA, portForB);

            // A window of a few packets in flight, so that no socket buffer overflows on a loaded machine.
            if (i < 8)
                continue;
            Assert.Equal(Phone.Packet((ushort)fromA++, 1), Phone.Receive(b.Rtp, Patience, out var from));
            Assert.Equal(portForB, from);
            Assert.Equal(Phone.Packet((ushort)fromB++, 2), Phone.Receive(a.Rtp, Patience, out from));
            Assert.Equal(portForA, from);
        }

        while (fromA < Count && Phone.Receive(b.Rtp) is not null)
            fromA++;
        while (fromB < Count && Phone.Receive(a.Rtp) is not null)
            fromB++;
        Assert.Equal((Count, Count), (fromA, fromB));

        var report = session.From(MediaSide.A);
        Assert.Equal((Count, Count * 172L, 0L), (report.Packets, report.Bytes, report.Lost));
        Assert.Equal(Count, session.From(MediaSide.B).Packets);
        Assert.Equal(a.Port, session.Streams()[0].AddressA.Port);

        // The last packet may be here before the loop has counted it.
        Wait.Until(() => relay.Totals().RtpRelayed == 2 * Count);
        Assert.Equal(2 * Count, relay.Totals().RtpRelayed);

        session.Close();
        session.Close();
        WaitUntil(() => relay.PortsInUse == 0);
        Assert.Equal(4, relay.PortsInQuarantine);
        Assert.Equal(0, relay.Sessions);
        Assert.Equal(0, relay.Totals().Failures);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rtcp_has_its_own_port_or_shares_one(bool epoll)
    {
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var b = new Phone();

        var plain = relay.Open(_ => { })!;
        var (_, portForA) = Connect(plain, a, b);
        a.SendRtcp(Phone.Report(), portForA + 1);
        Assert.Equal(Phone.Report(), Phone.Receive(b.Rtcp));
        plain.Close();

        // RFC 5761: one port where both want it, and the odd one is given back.
        var muxed = relay.Open(_ => { })!;
        (_, portForA) = Connect(muxed, a, b, "a=rtcp-mux\r\n");
        WaitUntil(() => relay.PortsInUse == 2);
        a.Send(Phone.Report(), portForA);
        Assert.Equal(Phone.Report(), Phone.Receive(b.Rtp));
        Assert.Equal(1, muxed.From(MediaSide.A).RtcpPackets);
        muxed.Close();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stranger_neither_is_heard_nor_hears(bool epoll)
    {
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var b = new Phone();
        using var stranger = new Phone();
        var session = relay.Open(_ => { })!;
        var (portForB, portForA) = Connect(session, a, b);
        a.Send(Phone.Packet(1), portForA);
        Assert.NotNull(Phone.Receive(b.Rtp));

        for (ushort i = 0; i < 20; i++)
            stranger.Send(Phone.Packet(i, 666), portForA);
        b.Send(Phone.Packet(7, 2), portForB);
        Assert.Equal(Phone.Packet(7, 2), Phone.Receive(a.Rtp));
        WaitUntil(() => relay.Totals().Strangers == 20);
        Assert.Equal(0, stranger.Rtp.Available);
        Assert.Equal(0, b.Rtp.Available);
        session.Close();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_target_that_refuses_does_not_end_the_loop(bool epoll)
    {
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var b = new Phone();
        var session = relay.Open(_ => { })!;
        var (portForB, portForA) = Connect(session, a, b);
        var deadPort = b.Port;
        b.Rebind();
        Assert.NotEqual(deadPort, b.Port);
        for (ushort i = 0; i < 50; i++)
            a.Send(Phone.Packet(i), portForA);

        // B is back on another port of the same host: it is learned, for nothing was learned before.
        b.Send(Phone.Packet(1, 2), portForB);
        Assert.NotNull(Phone.Receive(a.Rtp));
        a.Send(Phone.Packet(50), portForA);
        Assert.NotNull(Phone.Receive(b.Rtp));
        Assert.Equal(0, relay.Totals().Failures);
        session.Close();
    }

    [Fact]
    public void Sessions_go_to_the_loop_with_the_least_load_and_are_bounded()
    {
        using var relay = Relay(true, o => o with { MaxSessions = 3 });
        var first = relay.Open(_ => { })!;
        var second = relay.Open(_ => { })!;
        Assert.Equal([1, 1], relay.Loads);
        second.Close();
        Assert.Equal([1, 0], relay.Loads);
        Assert.NotNull(relay.Open(_ => { }));
        Assert.Equal([1, 1], relay.Loads);
        Assert.NotNull(relay.Open(_ => { }));
        Assert.Null(relay.Open(_ => { }));
        Assert.Equal(1, relay.Refused);
        Assert.True(relay.Open(_ => { }, isUrgent: true)!.IsUrgent);
        first.Close();
        Assert.Equal(MediaError.WrongState, first.Offer(MediaSide.A, default).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_side_that_falls_silent_is_reported_once(bool epoll)
    {
        // The time of the relay stands still but for the steps here, so that no pause of the machine makes A silent.
        var time = new SteppedTime();
        using var relay = Relay(epoll, o => o with { MediaTimeout = TimeSpan.FromMilliseconds(600) }, time);
        using var a = new Phone();
        using var b = new Phone();
        var silent = new System.Collections.Concurrent.ConcurrentQueue<MediaSide>();
        var session = relay.Open(media => silent.Enqueue(Assert.IsType<Events.MediaSilent>(media).Side))!;
        var (_, portForA) = Connect(session, a, b);

        // Who has relayed the first packet knows the session since the beginning of time.
        for (ushort i = 0; i < 5; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(i == 0 ? 0 : 140));
            a.Send(Phone.Packet(i), portForA);
            Assert.Equal(Phone.Packet(i), Phone.Receive(b.Rtp));
        }

        Assert.Empty(silent);
        time.Advance(TimeSpan.FromMilliseconds(140));
        WaitUntil(() => !silent.IsEmpty);
        Assert.Equal([MediaSide.B], silent);
        time.Advance(TimeSpan.FromMilliseconds(600));
        WaitUntil(() => silent.Count == 2);
        Assert.Equal([MediaSide.B, MediaSide.A], silent);
        session.Close();
    }

    [Fact]
    public void A_packet_through_the_epoll_loop_costs_no_allocation()
    {
        using var relay = Relay(true, o => o with { Shards = 1, SocketBufferBytes = 1 << 20 });
        using var a = new Phone();
        using var b = new Phone();
        var session = relay.Open(_ => { })!;
        var (_, portForA) = Connect(session, a, b);
        a.Rtp.SendTo(Phone.Packet(0), new System.Net.IPEndPoint(a.Address, portForA));
        Assert.NotNull(Phone.Receive(b.Rtp));
        var counters = relay.Counters[0];
        var target = new System.Net.IPEndPoint(a.Address, portForA).Serialize();
        var packet = Phone.Packet(1);

        var (pushed, relayed) = (0, relay.Totals().RtpRelayed);
        Assert.Equal(0, Garbage.Of(() => Push(25_000), () => counters.AllocatedBytes));
        Assert.Equal(pushed, relay.Totals().RtpRelayed - relayed);
        session.Close();

        void Push(int count)
        {
            // At most 128 packets are under way, which fits any socket buffer. What B does not read, its own buffer drops.
            using var pause = new ManualResetEventSlim();
            var start = relay.Totals().RtpRelayed;
            for (var sent = 1; sent <= count; sent++, pushed++)
            {
                packet[2] = (byte)(sent >> 8);
                packet[3] = (byte)sent;
                a.Rtp.SendTo(packet, SocketFlags.None, target);
                for (var i = 0; i < Patience && relay.Totals().RtpRelayed < start + sent - (sent == count ? 0 : 128); i++)
                    pause.Wait(1);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_later_offer_changes_the_plan_and_keeps_the_ports(bool epoll)
    {
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var b = new Phone();
        using var moved = new Phone();
        var session = relay.Open(_ => { })!;
        var (portForB, portForA) = Connect(session, a, b);
        a.Send(Phone.Packet(1), portForA);
        Assert.NotNull(Phone.Receive(b.Rtp));

        // Hold: B is not heard any more, from the very next packet on.
        Assert.True(session.Offer(MediaSide.A, a.Sdp("a=sendonly\r\n")).IsAccepted);
        b.Send(Phone.Packet(1, 2), portForB);
        Assert.NotNull(Phone.Receive(a.Rtp));
        Assert.Equal(portForA, Phone.PortOf(session.Answer(MediaSide.B, b.Sdp("a=recvonly\r\n")).Sdp));
        b.Send(Phone.Packet(2, 2), portForB);
        a.Send(Phone.Packet(2), portForA);
        Assert.NotNull(Phone.Receive(b.Rtp));
        WaitUntil(() => relay.Totals().NotWanted == 1);
        Assert.Equal(0, a.Rtp.Available);

        // Resume from another place: packets go there at once.
        Assert.Equal(portForB, Phone.PortOf(session.Offer(MediaSide.A, moved.Sdp()).Sdp));
        Assert.True(session.Answer(MediaSide.B, b.Sdp()).IsAccepted);
        b.Send(Phone.Packet(3, 2), portForB);
        Assert.Equal(Phone.Packet(3, 2), Phone.Receive(moved.Rtp));
        moved.Send(Phone.Packet(3), portForA);
        Assert.Equal(Phone.Packet(3), Phone.Receive(b.Rtp));
        Assert.Equal(4, relay.PortsInUse);
        session.Close();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_packet_that_is_too_long_is_dropped_and_counted(bool epoll)
    {
        using var relay = Relay(epoll, o => o with { MaxPacketBytes = 600 });
        using var a = new Phone();
        using var b = new Phone();
        var session = relay.Open(_ => { })!;
        var (_, portForA) = Connect(session, a, b);
        a.Send(Phone.Packet(1, payload: 589), portForA);
        a.Send(Phone.Packet(2, payload: 588), portForA);
        Assert.Equal(600, Phone.Receive(b.Rtp)!.Length);
        Assert.Equal(1, relay.Totals().Oversize);
        session.Close();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_came_before_the_answer_is_not_heard(bool epoll)
    {
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var b = new Phone();
        using var stranger = new Phone();
        var session = relay.Open(_ => { })!;
        var offer = session.Offer(MediaSide.A, a.Sdp());
        for (ushort i = 0; i < 10; i++)
            stranger.Send(Phone.Packet(i), Phone.PortOf(offer.Sdp));

        // Behind them on the same way: when this one has come, so have they.
        stranger.Send(Phone.Packet(10), a.Port);
        Assert.Equal(Phone.Packet(10), Phone.Receive(a.Rtp));
        Assert.True(session.Answer(MediaSide.B, b.Sdp()).IsAccepted);
        b.Send(Phone.Packet(77, 2), Phone.PortOf(offer.Sdp));
        Assert.Equal(Phone.Packet(77, 2), Phone.Receive(a.Rtp));
        Assert.Equal(1, session.From(MediaSide.B).Packets);
        session.Close();
    }
}
