using Tandem.Core.Time;
using Tandem.Media.Transport;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests;

/// <summary>Sessions go from loop to loop while packets flow.</summary>
public sealed class MediaSessionMoveTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_session_moves_under_traffic_without_a_lost_or_late_packet(bool epoll)
    {
        var port = UdpPorts.Range(32);
        using var engine = new MediaEngine(
            new MediaOptions { RtpPort = port, RtpPortMax = port + 31, Shards = 3, UseEpoll = epoll }, new Clock(TimeProvider.System), new Random(1));
        using var a = new Phone();
        using var b = new Phone();
        var session = engine.Open(_ => { })!;
        var offer = session.Offer(MediaSide.A, a.Sdp());
        var answer = session.Answer(MediaSide.B, b.Sdp());
        var (portForB, portForA) = (Phone.PortOf(offer.Sdp), Phone.PortOf(answer.Sdp));

        const int Count = 3000;
        var moves = 0;
        var seen = 0;
        for (var i = 0; i < Count; i++)
        {
            a.Send(Phone.Packet((ushort)i), portForA);
            if (i % 7 == 0)
            {
                session.MoveTo(engine.Loops[++moves % 3]);
                session.Post(new Note(engine.Loops[moves % 3], () => Interlocked.Increment(ref seen)));
            }

            if (i >= 16)
                Assert.Equal(Phone.Packet((ushort)(i - 16)), Phone.Receive(b.Rtp));
        }

        for (var i = Count - 16; i < Count; i++)
            Assert.Equal(Phone.Packet((ushort)i), Phone.Receive(b.Rtp));
        b.Send(Phone.Packet(1, 2), portForB);
        Assert.Equal(Phone.Packet(1, 2), Phone.Receive(a.Rtp));

        var report = session.From(MediaSide.A);
        Assert.Equal((Count, 0L, 0L), (report.Packets, report.Lost, report.Late));
        Assert.Equal(moves, Volatile.Read(ref seen));
        Assert.Equal(1, engine.Loads.Sum());
        Assert.Equal(1, engine.Loads[moves % 3]);
        session.Close();
        Wait.Until(() => engine.PortsInUse == 0);
        Assert.Equal((0, 0, 0L), (engine.PortsInUse, engine.Loads.Sum(), engine.Totals().Failures));
    }

    private sealed class Note(MediaLoop expected, Action seen) : IMediaCommand
    {
        public void Run(MediaLoop loop, Moment now)
        {
            if (ReferenceEquals(loop, expected))
                seen();
        }
    }
}
