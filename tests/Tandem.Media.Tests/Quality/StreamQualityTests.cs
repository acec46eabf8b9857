using Tandem.Core.Time;
using Tandem.Media.Codecs;
using Tandem.Media.Quality;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;

namespace Tandem.Media.Tests.Quality;

public sealed class StreamQualityTests
{
    private static readonly AudioFormat Pcma = CodecCatalog.Find("PCMA", 8000)!;
    private static readonly AudioFormat Gsm = new(AudioCodec.Gsm, "GSM", 8000, 1, 8000, 3, 20);

    [Fact]
    public void Nothing_is_known_before_the_first_packet() =>
        Assert.Equal(StreamQuality.Unknown with { DelayMilliseconds = 40 }, StreamQuality.Of(null, default, null, default, null, default));

    [Fact]
    public void A_codec_that_we_do_not_know_has_no_score_but_a_round_trip()
    {
        var quality = StreamQuality.Of(null, Received(100, 0), null, Report(80, 0.1), null, Report(20, 0.02, 5));
        Assert.Equal(("", 80.0, null, 0.02, 5.0, null), (quality.Codec, quality.RoundTripMilliseconds, quality.Mos, quality.Heard!.Value.LossFraction, quality.Heard!.Value.JitterMilliseconds, quality.Heard!.Value.Mos));
    }

    // Half the round trip, and the buffer: ours where it is measured, else 40 ms or twice the jitter.
    [Theory]
    [InlineData(null, null, 0, 40)]
    [InlineData(100.0, null, 5, 90)]
    [InlineData(100.0, null, 60, 170)]
    [InlineData(100.0, 25.0, 60, 75)]
    public void The_delay_is_half_the_round_trip_and_the_jitter_buffer(double? roundTrip, double? buffer, double jitter, double delay)
    {
        var quality = StreamQuality.Of(Pcma, Received(95, 5) with { JitterMilliseconds = jitter }, buffer, Report(roundTrip, 0), null, default);
        Assert.Equal(delay, quality.DelayMilliseconds);
        Assert.Equal(MosModel.Rate(AudioCodec.Pcma, delay, 0.05).Mos, quality.Mos!.Value, 1e-9);
        Assert.Null(quality.Heard);
    }

    // The receiver hears what we write to it, when we do.
    [Fact]
    public void What_the_receiver_hears_is_scored_by_its_codec_and_its_reports()
    {
        var relayed = StreamQuality.Of(Pcma, Received(100, 0), null, default, null, Report(60, 0.05)).Heard!.Value;
        var written = StreamQuality.Of(Pcma, Received(100, 0), null, default, Gsm, Report(60, 0.05)).Heard!.Value;
        Assert.Equal(MosModel.Rate(AudioCodec.Pcma, 70, 0.05).Mos, relayed.Mos!.Value, 1e-9);
        Assert.Equal(MosModel.Rate(AudioCodec.Gsm, 70, 0.05).Mos, written.Mos!.Value, 1e-9);
    }

    // A minute of packets over a network that loses at random and delays unevenly: the score is that of the impairment that was put in.
    // Jitter J of packets delayed by 0 to D evenly is D / 3 (the mean distance of two points on a line), so the buffer of the model is
    // 40 ms or two thirds of D. Seeds are fixed.
    [Theory]
    [InlineData(1, 0.00, 0)]
    [InlineData(2, 0.01, 10)]
    [InlineData(3, 0.02, 30)]
    [InlineData(4, 0.03, 60)]
    [InlineData(5, 0.05, 20)]
    [InlineData(6, 0.05, 100)]
    [InlineData(7, 0.08, 40)]
    [InlineData(8, 0.10, 0)]
    [InlineData(9, 0.10, 80)]
    public void A_network_of_known_loss_and_jitter_has_the_score_of_the_model(int seed, double loss, int spreadMilliseconds)
    {
        const int Packets = 3000;
        var random = new Random(seed);
        var arrivals = new List<(double At, int Index)>();
        for (var i = 0; i < Packets; i++)
        {
            if (random.NextDouble() >= loss)
                arrivals.Add(((i * 20) + (random.NextDouble() * spreadMilliseconds), i));
        }

        arrivals.Sort();
        var statistics = new RtpStatistics();
        foreach (var (at, index) in arrivals)
            statistics.Count(new RtpHeader(8, false, (ushort)index, (uint)index * 160, 7, 12, 0), 172, 8000, Moment.FromMilliseconds((long)Math.Round(at)));

        var report = statistics.Read();
        var quality = StreamQuality.Of(Pcma, report, null, Report(60, 0), null, default);
        var expected = MosModel.Rate(AudioCodec.Pcma, 30 + Math.Max(40, 2.0 * spreadMilliseconds / 3), loss);
        Assert.InRange(quality.Mos!.Value, expected.Mos - 0.2, expected.Mos + 0.2);
        Assert.InRange(report.TotalLossFraction, loss * 0.7, (loss * 1.3) + 1e-9);
    }

    // G.107 §3.5: the same loss in bursts is worse, and the score says so.
    [Fact]
    public void Loss_in_bursts_costs_more()
    {
        var random = Received(950, 50) with { LossRuns = 48, SkippedPackets = 50 };
        var bursts = Received(950, 50) with { LossRuns = 10, SkippedPackets = 50 };
        Assert.Equal(1, random.BurstRatio, 0.02);
        Assert.Equal(MosModel.Rate(AudioCodec.Pcma, 40, 0.05, 4.75).Mos, Mos(bursts), 1e-9);
        Assert.True(Mos(bursts) < Mos(random) - 0.05);
    }

    private static double Mos(RtpReport report) => StreamQuality.Of(Pcma, report, null, default, null, default).Mos!.Value;

    private static RtpReport Received(long packets, long lost) => new(packets, packets * 172, lost, 0, 0, 0, 0, null, 0);

    private static RtcpRemoteView Report(double? roundTrip, double loss, double? jitter = null) => new(1, roundTrip, loss, loss, 0, jitter, null, loss);
}
