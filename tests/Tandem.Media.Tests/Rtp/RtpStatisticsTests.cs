using Tandem.Core.Time;
using Tandem.Media.Rtp;

namespace Tandem.Media.Tests.Rtp;

public sealed class RtpStatisticsTests
{
    private readonly RtpStatistics _statistics = new();

    private void Packet(int sequence, uint ssrc = 1, uint timestamp = 0, long atMilliseconds = 0, int clock = 8000) =>
        _statistics.Count(new RtpHeader(0, false, (ushort)sequence, timestamp, ssrc, 12, 0), 172, clock, Moment.FromMilliseconds(atMilliseconds));

    // RFC 3550 §A.3: lost = (highest extended - first + 1) - received, duplicates and late packets counted as received.
    [Theory]
    [InlineData("1 2 3 4 5", 0, 0, 0)]
    [InlineData("1 2 4 5", 1, 0, 0)]
    [InlineData("1 5", 3, 0, 0)]
    [InlineData("1 3 2 4", 0, 0, 1)]
    [InlineData("1 2 2 3", 0, 1, 0)]
    [InlineData("1 2 2 4", 0, 1, 0)]
    [InlineData("1 2 3 3 3 6", 0, 2, 0)]
    [InlineData("10 12 11 11 15", 1, 1, 1)]
    [InlineData("65534 65535 0 1", 0, 0, 0)]
    [InlineData("65534 1", 2, 0, 0)]
    [InlineData("65534 0 65535 1", 0, 0, 1)]
    [InlineData("65533 65535 1 65534 0 65535", 0, 1, 2)]
    [InlineData("100 50 101", 0, 0, 1)]
    public void Counts_losses(string sequence, int lost, int duplicates, int late)
    {
        foreach (var number in sequence.Split(' '))
            Packet(int.Parse(number));
        var report = _statistics.Read();
        Assert.Equal((lost, duplicates, late), (report.Lost, report.Duplicates, report.Late));
        Assert.Equal(sequence.Split(' ').Length, report.Packets);
        Assert.Equal(report.Packets * 172, report.Bytes);
    }

    [Fact]
    public void Counts_across_many_wraps()
    {
        for (var i = 0; i < 200_000; i++)
        {
            if (i % 100 != 99)
                Packet(i & 0xFFFF);
        }

        // Of 200,000 numbers each hundredth is missing; the last one missing was never expected.
        Assert.Equal(1999, _statistics.Read().Lost);
    }

    // §A.1: a very large jump is believed when the next packet follows it; what was lost before stays lost.
    [Fact]
    public void A_restarted_sender_starts_a_new_count()
    {
        Packet(1);
        Packet(4);
        Packet(30000);
        Assert.Equal(2, _statistics.Read().Lost);
        Packet(30001);
        Packet(30003);
        Assert.Equal(3, _statistics.Read().Lost);
    }

    [Fact]
    public void A_new_source_starts_its_own_count_and_the_old_loss_stays()
    {
        Packet(10, 1);
        Packet(13, 1);
        Packet(5000, 2);
        Packet(5002, 2);
        Packet(14, 1);
        var report = _statistics.Read();
        Assert.Equal((3L, 1L), (report.Lost, report.SourceChanges));
    }

    [Fact]
    public void A_flood_of_sources_stays_within_its_memory()
    {
        Packet(1, 1);
        Packet(4, 1);
        for (uint ssrc = 2; ssrc < 10_000; ssrc++)
            Packet(1000, ssrc);
        var report = _statistics.Read();
        Assert.Equal((2L, 9998L), (report.Lost, report.SourceChanges));
    }

    // §A.8 by hand: transit differences of 0, 80 (10 ms late), 80 (back), 0 units at 8 kHz.
    // J = 0; 80/16 = 5; 5 + (80-5)/16 = 9.6875; 9.6875 - 9.6875/16 = 9.08203125 units = 1.13525390625 ms.
    [Fact]
    public void Jitter_follows_the_formula()
    {
        Packet(1, 1, 0, 0);
        Packet(2, 1, 160, 20);
        Assert.Equal(0, _statistics.Read().JitterMilliseconds);
        Packet(3, 1, 320, 50);
        Assert.Equal(0.625, _statistics.Read().JitterMilliseconds, 9);
        Packet(4, 1, 480, 60);
        Packet(5, 1, 640, 80);
        Assert.Equal(1.13525390625, _statistics.Read().JitterMilliseconds, 9);
    }

    [Fact]
    public void Jitter_uses_the_clock_of_the_payload_type_and_survives_the_timestamp_wrap()
    {
        Packet(1, 1, uint.MaxValue - 959, 1000, 48000);
        Packet(2, 1, 0, 1020, 48000);
        Packet(3, 1, 960, 1050, 48000);
        Assert.Equal(10.0 / 16, _statistics.Read().JitterMilliseconds, 9);
    }

    [Fact]
    public void Events_do_not_disturb_the_jitter()
    {
        // RFC 4733 §2.2.1: an event's packets all carry the time it began at; their clock is given as 0.
        Packet(1, 1, 0, 0);
        Packet(2, 1, 160, 20);
        Packet(3, 1, 320, 40, 0);
        Packet(4, 1, 320, 60, 0);
        Packet(5, 1, 640, 80);
        Assert.Equal(0, _statistics.Read().JitterMilliseconds);
    }

    [Fact]
    public void Last_seen_counts_rtcp_too()
    {
        Assert.Null(_statistics.Read().LastSeen);
        Packet(1, atMilliseconds: 5);
        _statistics.CountRtcp(Moment.FromMilliseconds(9));
        var report = _statistics.Read();
        Assert.Equal((Moment.FromMilliseconds(9), 1L, 1L), (report.LastSeen, report.RtcpPackets, report.Packets));
    }

    [Fact]
    public async Task Readers_on_other_threads_see_values_that_belong_together()
    {
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var seen = 0L;
            while (!stop.IsCancellationRequested)
            {
                var report = _statistics.Read();
                Assert.Equal(report.Packets * 172, report.Bytes);
                Assert.Equal(0, report.Lost);
                Assert.True(report.Packets >= seen);
                seen = report.Packets;
            }

            return seen;
        });
        for (var i = 0; i < 300_000; i++)
            Packet(i & 0xFFFF);
        await stop.CancelAsync();
        await reader;
        Assert.Equal(300_000, _statistics.Read().Packets);
    }

    // Loss of whole intervals of five seconds, 50 packets a second: 10 % in the second one.
    [Fact]
    public void Loss_is_counted_by_interval()
    {
        for (var i = 0; i <= 760; i++)
        {
            if (i is <= 260 or > 500 || i % 10 != 0)
                Packet(i, timestamp: (uint)(i * 160), atMilliseconds: i * 20);
        }

        var report = _statistics.Read();
        Assert.Equal((0, 0.1), (report.LossFraction, Math.Round(report.MaxLossFraction, 2)));
        Assert.Equal((24, 24, 1), (report.LossRuns, report.SkippedPackets, report.BurstRatio));
    }

    // ITU-T G.107 §3.5: gaps of five packets at 5 / 105 loss against gaps of 1 / (1 - p) at random.
    [Fact]
    public void Bursts_are_told_from_random_loss()
    {
        for (var i = 0; i < 10_500; i++)
        {
            if (i % 105 < 100)
                Packet(i & 0xFFFF, atMilliseconds: i * 20);
        }

        var report = _statistics.Read();
        Assert.Equal(5 * (1 - report.TotalLossFraction), report.BurstRatio, 0.001);
        Assert.Equal(4.76, report.BurstRatio, 0.01);
    }

    [Fact]
    public void The_greatest_jitter_is_kept_and_a_new_clock_is_no_jitter()
    {
        for (var i = 0; i < 100; i++)
            Packet(i, timestamp: (uint)(i * 160), atMilliseconds: (i * 20) + (i % 2 * 8));
        var jittery = _statistics.Read();
        for (var i = 100; i < 400; i++)
            Packet(i, timestamp: (uint)(90_000_000 + (i * 160)), atMilliseconds: i * 20);
        var calm = _statistics.Read();
        Assert.InRange(jittery.JitterMilliseconds, 7, 8);
        Assert.True(calm.JitterMilliseconds < 0.1);
        Assert.Equal(jittery.JitterMilliseconds, calm.MaxJitterMilliseconds, 0.01);
    }
}
