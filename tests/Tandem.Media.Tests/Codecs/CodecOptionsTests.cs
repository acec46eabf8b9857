using Tandem.Media.Codecs;

namespace Tandem.Media.Tests.Codecs;

public class CodecOptionsTests
{
    [Fact]
    public void The_defaults_work() => Assert.Null(new CodecOptions().Problem());

    public static TheoryData<CodecOptions, string> Wrong => new()
    {
        { new CodecOptions { OpusComplexity = 11 }, "OpusComplexity 11" },
        { new CodecOptions { OpusBitrate = 5999 }, "OpusBitrate 5999" },
        { new CodecOptions { ResamplerQuality = -1 }, "ResamplerQuality -1" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_value_that_cannot_work_is_named(CodecOptions options, string expected) => Assert.StartsWith(expected, options.Problem());
}
