using System.Net.Sockets;
using Tandem.Core.Time;

namespace Tandem.Media.Tests;

/// <summary>The relay over real sockets on loopback, on both kinds of loop. Ports 23000 and up are the relay's.</summary>
public sealed class MediaRelayTests
{
    private static int _nextRange = 23000;

    private static MediaRelay Relay(bool epoll, Func<MediaOptions, MediaOptions>? change = null)
    {
        var first = Interlocked.Add(ref _nextRange, 40) - 40;
        var options = new MediaOptions { RtpPort = first, RtpPortMax = first + 39, Shards = 2, UseEpoll = epoll };
        return new MediaRelay(change?.Invoke(options) ?? options, new Clock(TimeProvider.System), new Random(1));
    }

    private static (int ToB, int ToA) Connect(RelaySession session, Phone a, Phone b, string attributes = "")
    {
        var offer = session.Offer(MediaSide.A, a.Sdp(attributes));
        Assert.True(offer.IsAccepted, offer.Text);
        var answer = session.Answer(MediaSide.B, b.Sdp(attributes));
        Assert.True(answer.IsAccepted, answer.Text);
        return (Phone.PortOf(offer.Sdp), Phone.PortOf(answer.Sdp));
    }

    private static void WaitUntil(Func<bool> condition)
    {
        using var never = new ManualResetEventSlim();
        for (var i = 0; i < 400 && !condition(); i++)
            never.Wait(5);
        Assert.True(condition());
    }

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
            if (Phone.Receive(b.Rtp, 2000, out var from) is { } atB)
            {
                Assert.Equal(Phone.Packet((ushort)fromA++, 1), atB);
                Assert.Equal(portForB, from);
            }

            if (Phone.Receive(a.Rtp, 2000, out from) is { } atA)
            {
                Assert.Equal(Phone.Packet((ushort)fromB++, 2), atA);
                Assert.Equal(portForA, from);
            }
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
        first.Close();
        Assert.Equal(MediaError.WrongState, first.Offer(MediaSide.A, default).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_side_that_falls_silent_is_reported_once(bool epoll)
    {
        using var relay = Relay(epoll, o => o with { MediaTimeout = TimeSpan.FromMilliseconds(600) });
        using var a = new Phone();
        using var b = new Phone();
        var silent = new System.Collections.Concurrent.ConcurrentQueue<MediaSide>();
        var session = relay.Open(silent.Enqueue)!;
        var (_, portForA) = Connect(session, a, b);

        using var pause = new ManualResetEventSlim();
        for (ushort i = 0; i < 500 && silent.IsEmpty; i++)
        {
            a.Send(Phone.Packet(i), portForA);
            pause.Wait(10);
        }

        Assert.Equal([MediaSide.B], silent);
        WaitUntil(() => silent.Count == 2);
        Assert.Equal([MediaSide.B, MediaSide.A], silent);
        session.Close();
    }
}
