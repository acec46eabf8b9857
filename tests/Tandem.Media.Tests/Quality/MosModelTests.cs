using Tandem.Media.Codecs;
using Tandem.Media.Quality;

namespace Tandem.Media.Tests.Quality;

public sealed class MosModelTests
{
    // ITU-T G.107: with every parameter at its default R is 93.2 and MOS 4.41.
    [Fact]
    public void The_defaults_give_the_published_rating()
    {
        var quality = MosModel.Rate(AudioCodec.Pcmu, 0, 0);
        Assert.Equal((93.2, 4.41), (Math.Round(quality.Rating, 1), Math.Round(quality.Mos, 2)));
    }

    // G.107 table B.1 and G.109: R and the score it stands for.
    [Theory]
    [InlineData(90, 4.34)]
    [InlineData(80, 4.03)]
    [InlineData(70, 3.60)]
    [InlineData(60, 3.10)]
    [InlineData(50, 2.58)]
    [InlineData(0, 1)]
    [InlineData(-20, 1)]
    [InlineData(3, 1)]
    [InlineData(100, 4.5)]
    [InlineData(120, 4.5)]
    public void A_rating_has_its_score(double rating, double mos) => Assert.Equal(mos, MosModel.Mos(rating), 0.01);

    // G.113 Appendix I: Ie of the codec comes off; §3.5: Ie,eff = Ie + (95 - Ie) Ppl / (Ppl / BurstR + Bpl), worked out by hand.
    [Theory]
    [InlineData(AudioCodec.G729, 0, 1, 82.2)]
    [InlineData(AudioCodec.Gsm, 0, 1, 73.2)]
    [InlineData(AudioCodec.Pcma, 0.01, 1, 89.6)] // 95 / 26.1 = 3.64
    [InlineData(AudioCodec.Pcma, 0.05, 1, 77.4)] // 475 / 30.1 = 15.78
    [InlineData(AudioCodec.Pcma, 0.05, 2, 76.0)] // 475 / 27.6 = 17.21
    [InlineData(AudioCodec.Pcma, 0.10, 1, 66.1)] // 950 / 35.1 = 27.07
    [InlineData(AudioCodec.G729, 0.05, 1, 64.7)] // 11 + 420 / 24 = 28.5
    [InlineData(AudioCodec.Pcma, 1, 1, 17.3)] // 9500 / 125.1 = 75.94
    public void Codec_and_loss_come_off(AudioCodec codec, double loss, double bursts, double rating) =>
        Assert.Equal(rating, MosModel.Rate(codec, 0, loss, bursts).Rating, 0.1);

    // §3.4: delay alone, against the straight lines that Cole and Rosenbluth (2001) drew through the curve of G.107, up to 300 ms.
    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(150)]
    [InlineData(177)]
    [InlineData(200)]
    [InlineData(300)]
    public void Delay_comes_off(double delay) => Assert.Equal(
        93.2 - (0.024 * delay) - (0.11 * Math.Max(0, delay - 177.3)),
        MosModel.Rate(AudioCodec.Pcmu, delay, 0).Rating,
        2.5);

    [Fact]
    public void More_of_anything_is_never_better()
    {
        var last = 100.0;
        for (var delay = 0; delay < 2_000; delay += 10)
        {
            var rating = MosModel.Rate(AudioCodec.Opus, delay, 0).Rating;
            Assert.True(rating <= last + 1e-9);
            last = rating;
        }

        last = 100;
        for (var loss = 0.0; loss <= 1; loss += 0.01)
        {
            var rating = MosModel.Rate(AudioCodec.Opus, 60, loss, 1.5).Rating;
            Assert.True(rating <= last);
            last = rating;
        }
    }

    [Theory]
    [InlineData(double.NaN, 0, 1)]
    [InlineData(-5, 2, 0)]
    [InlineData(double.PositiveInfinity, double.NaN, double.NaN)]
    [InlineData(1e9, 1, 1e9)]
    public void Nonsense_in_gives_a_number_in_its_range(double delay, double loss, double bursts)
    {
        var quality = MosModel.Rate(AudioCodec.G722, delay, loss, bursts);
        Assert.InRange(quality.Rating, 0, 100);
        Assert.InRange(quality.Mos, 1, 4.5);
    }
}
