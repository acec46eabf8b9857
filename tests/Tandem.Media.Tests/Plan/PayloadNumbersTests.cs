using Tandem.Media.Plan;
using Tandem.Media.Sdp;

namespace Tandem.Media.Tests.Plan;

public sealed class PayloadNumbersTests
{
    private readonly PayloadNumbers _numbers = new();

    private static SdpFormat Format(int type, string name, int clock = 8000) => new($"{type}", type, name, clock, 1, "");

    private int Take(SdpFormat format, int line = 0, params int[] avoid) =>
        _numbers.Take(line, format, avoid.Aggregate(UInt128.Zero, static (all, type) => all | PayloadNumbers.Bit(type)));

    // RFC 3264 §8.3.2.
    [Fact]
    public void A_number_that_named_a_codec_names_no_other_one()
    {
        Assert.Equal(96, Take(Format(96, "opus", 48000)));
        _numbers.Clear();
        Assert.Equal(97, Take(Format(96, "speex")));
        _numbers.Clear();
        Assert.Equal(96, Take(Format(111, "opus", 48000), 0, 111));
        _numbers.Clear();
        Assert.Equal(97, Take(Format(99, "SPEEX"), 0, 99));
        _numbers.Learn(0, Format(98, "iLBC"));
        Assert.Equal(99, Take(Format(98, "x")));
    }

    [Fact]
    public void An_assigned_number_is_given_to_its_own_codec_only()
    {
        Assert.Equal(8, Take(Format(8, "PCMA")));
        Assert.Equal(96, Take(Format(9, "opus", 48000)));
        Assert.Equal(9, Take(Format(9, "G722")));
    }

    // RFC 9143 §9.1: over the lines of a bundle a number means one thing.
    [Theory]
    [InlineData(false, 96)]
    [InlineData(true, 97)]
    public void Lines_of_a_bundle_share_their_numbers(bool isBundled, int expected)
    {
        _numbers.Begin(isBundled);
        Assert.Equal(96, Take(Format(96, "opus", 48000)));
        _numbers.Begin(isBundled);
        Assert.Equal(expected, Take(Format(96, "VP8", 90000), 1));
    }

    [Fact]
    public void When_all_are_taken_there_is_none()
    {
        for (var i = 96; i < 128; i++)
            Assert.Equal(i, Take(Format(96, $"x{i}")));
        Assert.Equal(-1, Take(Format(96, "one more")));
    }
}
