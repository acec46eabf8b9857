using Tandem.Media.Codecs;
using Tandem.Media.Quality;
using Tandem.Media.Rtcp;
using Tandem.Media.Tests.Audio;

namespace Tandem.Media.Tests.Quality;

/// <summary>What a session says of its quality: over real sockets on loopback, and in virtual time where it decodes.</summary>
public sealed class SessionQualityTests : EngineRig
{
    private const uint Ssrc = 0x1234;

    // Seeded loss, and a report of the receiver (RFC 3550 §6.4.2) with another one: each leg has its own score.
    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.02)]
    [InlineData(3, 0.05)]
    [InlineData(4, 0.1)]
    public void Each_leg_of_a_relayed_direction_has_its_score(int seed, double loss)
    {
        // A pause of the machine would be jitter, which counts as delay.
        var time = new SteppedTime();
        using var relay = Relay(true, options => options with { Shards = 1 }, time);
        using var a = new Phone();
        using var b = new Phone();
        var session = relay.Open(_ => { })!;
        var (portForB, portForA) = Connect(session, a, b);

        var random = new Random(seed);
        for (ushort i = 0; i < 1000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            if (i is not (0 or 999) && random.NextDouble() < loss)
                continue;

            // An event is no codec.
            a.Send(Phone.Packet(i, Ssrc, type: i == 998 ? (byte)101 : (byte)0), portForA);
            Assert.NotNull(Phone.Receive(b.Rtp));
        }

        var quality = session.QualityFrom(MediaSide.A);
        Assert.Equal(("PCMU", null, null), (quality.Codec, quality.RoundTripMilliseconds, quality.Heard));
        Assert.Equal(MosModel.Rate(AudioCodec.Pcmu, 40, loss).Mos, quality.Mos!.Value, 0.2);
        Assert.Equal(StreamQuality.Unknown, session.QualityFrom(MediaSide.B));

        var buffer = new byte[256];
        var report = new RtcpWriter(buffer);
        report.AddSenderReport(new RtcpSenderInfo(Ssrc, 0x1000UL << 16, 0, 0, 0), []);
        a.SendRtcp(buffer[..report.Length], portForA + 1);
        Assert.NotNull(Phone.Receive(b.Rtcp));
        time.Advance(TimeSpan.FromMilliseconds(30));
        report = new RtcpWriter(buffer);
        report.AddReceiverReport(2, [new RtcpReportBlock(Ssrc, 13, 50, 0, 240, 0x1000, 0)]);
        b.SendRtcp(buffer[..report.Length], portForB + 1);
        Assert.NotNull(Phone.Receive(a.Rtcp));

        var stream = Assert.Single(session.Streams());
        var heard = stream.QualityFromA.Heard!.Value;
        var roundTrip = stream.QualityFromB.RoundTripMilliseconds!.Value;
        Assert.Equal(30, roundTrip, 0.1);
        Assert.Equal((13 / 256.0, (double?)30), (heard.LossFraction, heard.JitterMilliseconds));
        Assert.Equal(MosModel.Rate(AudioCodec.Pcmu, (roundTrip / 2) + 60, 13 / 256.0).Mos, heard.Mos!.Value, 1e-9);
        Assert.Equal(quality.Mos, stream.QualityFromA.Mos);
        Assert.Null(stream.QualityFromB.Mos);
        session.Close();
    }

    [Fact]
    public void A_side_that_is_decoded_tells_the_delay_of_its_jitter_buffer()
    {
        var rig = new AudioRig();
        var a = new TestPhone(new PayloadFormat(0, CodecCatalog.Find("PCMU", 8000)!), 440);
        var b = new TestPhone(new PayloadFormat(8, CodecCatalog.Find("PCMA", 8000)!), 600);
        var session = rig.Call(a, b);
        rig.Run(1000);
        Assert.InRange(a.BufferMilliseconds!.Value, 1, 80);
        Assert.InRange(b.BufferMilliseconds!.Value, 1, 80);

        session.Stop();
        Assert.Null(a.BufferMilliseconds);
        Assert.Null(b.BufferMilliseconds);
    }
}
