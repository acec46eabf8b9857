using Tandem.Core.Time;
using Tandem.Media.Transport;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests;

/// <summary>Work moves to another shard when one is full: calls do, under traffic, and who is in a room stays with it.</summary>
public sealed class MediaEngineBalanceTests
{
    // Full from one hundredth on: what a few thousand packets a second make of a loop.
    private const int Full = 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_full_loop_gives_calls_to_one_with_time_to_spare_and_no_packet_is_lost(bool epoll)
    {
        var port = UdpPorts.Range(64);
        using var engine = new MediaEngine(
            new MediaOptions { RtpPort = port, RtpPortMax = port + 63, Shards = 2, ShardFullPercent = Full, UseEpoll = epoll }, new Clock(TimeProvider.System), new Random(1));
        var phones = Enumerable.Range(0, 6).Select(_ => new Phone()).ToList();
        var (a, b) = (phones[0], phones[1]);
        var sessions = Enumerable.Range(0, 6).Select(_ => engine.Open(static _ => { })!).ToList();

        // The calls of the other loop are over: all that is left is on one.
        foreach (var session in sessions.Where(s => s.Loop.Index == 1))
            session.Close();
        sessions.RemoveAll(s => s.Loop.Index == 1);
        Assert.Equal([3, 0], engine.Loads);

        // Two are bound to their loop, as members of a room are, before it serves them: it may be full of what is done here already. The third one talks.
        foreach (var session in sessions.Skip(1))
            session.BindTo(engine.Loops[0]);
        var ports = sessions.Select((session, i) =>
        {
            Assert.True(session.Offer(MediaSide.A, phones[i * 2].Sdp()).IsAccepted);
            return Phone.PortOf(session.Answer(MediaSide.B, phones[(i * 2) + 1].Sdp()).Sdp);
        }).ToList();
        var (talking, sent) = (sessions[0], 0);
        Assert.True(Wait.Until(() =>
        {
            Talk();
            return engine.Counters[0].GivenAway > 0;
        }), $"busy {string.Join(' ', engine.Busy)}, loads {string.Join(' ', engine.Loads)}");

        Assert.Equal(1, engine.Counters[0].GivenAway);
        Assert.Equal([2, 1], engine.Loads);
        Assert.Equal((1, 0, 0), (talking.Loop.Index, sessions[1].Loop.Index, sessions[2].Loop.Index));
        Talk();
        var report = talking.From(MediaSide.A);
        Assert.Equal((sent, 0L, 0L), (report.Packets, report.Lost, report.Late));
        foreach (var session in sessions)
            session.Close();
        foreach (var phone in phones)
            phone.Dispose();
        Assert.True(Wait.Until(() => engine.PortsInUse == 0));
        Assert.Equal((0, 0L), (engine.Loads.Sum(), engine.Totals().Failures));

        void Talk()
        {
            for (var burst = 0; burst < 50; burst++)
            {
                for (var i = 0; i < 20; i++)
                    a.Send(Phone.Packet((ushort)(sent + i)), ports[0]);
                for (var i = 0; i < 20; i++, sent++)
                    Assert.Equal(Phone.Packet((ushort)sent), Phone.Receive(b.Rtp));
            }
        }
    }

    [Theory]
    [InlineData(0.79, 0.0, 100, 0)]
    [InlineData(0.9, 0.61, 100, 0)]
    [InlineData(0.9, 0.5, 0, 0)]
    [InlineData(0.9, 0.0, 1, 0)]
    [InlineData(0.9, 0.0, 2, 1)]
    [InlineData(0.9, 0.0, 100, 25)]
    [InlineData(1.0, 0.5, 100, 25)]
    [InlineData(0.8, 0.59, 100, 13)]
    public void As_many_go_as_make_both_alike_and_not_too_many_at_once(double busy, double other, int sessions, int expected) =>
        Assert.Equal(expected, ShardBalance.CountToMove(busy, other, sessions, full: 0.8));

    [Fact]
    public void A_loop_is_as_busy_as_it_does_not_wait()
    {
        var load = new LoopLoad(Moment.Zero);
        Assert.False(load.TryClose(Moment.FromMilliseconds(999)));
        load.Rest(TimeSpan.FromMilliseconds(300));
        Assert.True(load.TryClose(Moment.FromMilliseconds(1_200)));
        Assert.Equal(0.75, load.Busy, 1e-9);
        Assert.False(load.TryClose(Moment.FromMilliseconds(2_000)));
        load.Rest(TimeSpan.FromMilliseconds(1_001));
        Assert.True(load.TryClose(Moment.FromMilliseconds(2_200)));
        Assert.Equal(0, load.Busy);
    }
}
