using Tandem.Media.Codecs;
using Tandem.Media.Native;

namespace Tandem.Media.Tests.Codecs;

public class CodecCatalogTests
{
    [Fact]
    public void The_order_is_the_one_of_quality()
    {
        Assert.Equal(
            ["opus/48000/2", "G722/8000/1", "PCMU/8000/1", "PCMA/8000/1", "G729/8000/1", "GSM/8000/1", "L16/16000/1", "L16/8000/1"],
            CodecCatalog.Available.Select(f => $"{f.Name}/{f.ClockRate}/{f.Channels}"));
    }

    [Theory]
    [InlineData("OPUS", 48000, 2, AudioCodec.Opus)]
    [InlineData("g722", 8000, 1, AudioCodec.G722)]
    [InlineData("pcmu", 8000, 1, AudioCodec.Pcmu)]
    [InlineData("PCMA", 8000, 1, AudioCodec.Pcma)]
    [InlineData("L16", 44100, 1, AudioCodec.L16)]
    [InlineData("L16", 48000, 1, AudioCodec.L16)]
    [InlineData("L16", 16000, 2, AudioCodec.L16)]
    [InlineData("G729", 8000, 1, AudioCodec.G729)]
    [InlineData("gsm", 8000, 1, AudioCodec.Gsm)]
    public void A_format_is_found_by_the_words_of_rtpmap(string name, int clock, int channels, AudioCodec codec)
    {
        var format = CodecCatalog.Find(name, clock, channels);
        Assert.Equal(codec, format?.Codec);
        Assert.Same(format, CodecCatalog.Find(System.Text.Encoding.ASCII.GetBytes(name), clock, channels));
    }

    [Theory]
    [InlineData("opus", 48000, 1)]
    [InlineData("opus", 16000, 2)]
    [InlineData("PCMU", 16000, 1)]
    [InlineData("PCMU", 8000, 2)]
    [InlineData("G722", 16000, 1)]
    [InlineData("L16", 44100, 2)]
    [InlineData("L16", 11025, 1)]
    [InlineData("iLBC", 8000, 1)]
    [InlineData("", 8000, 1)]
    public void What_we_do_not_speak_is_not_found(string name, int clock, int channels) => Assert.Null(CodecCatalog.Find(name, clock, channels));

    // RFC 3551 §6, table 4.
    [Theory]
    [InlineData(0, AudioCodec.Pcmu)]
    [InlineData(3, AudioCodec.Gsm)]
    [InlineData(8, AudioCodec.Pcma)]
    [InlineData(9, AudioCodec.G722)]
    [InlineData(11, AudioCodec.L16)]
    [InlineData(18, AudioCodec.G729)]
    public void A_static_payload_type_names_its_format(int type, AudioCodec codec) => Assert.Equal(codec, CodecCatalog.ByStaticType(type)?.Codec);

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(15)]
    [InlineData(96)]
    public void Other_payload_types_name_nothing(int type) => Assert.Null(CodecCatalog.ByStaticType(type));

    [Fact]
    public void Without_its_library_a_codec_is_not_there()
    {
        var codecs = CodecCatalog.FormatsWith(library => library == NativeLibraries.Gsm).Select(f => f.Codec).Distinct();
        Assert.Equal([AudioCodec.G722, AudioCodec.Pcmu, AudioCodec.Pcma, AudioCodec.Gsm, AudioCodec.L16], codecs);
    }

    // RFC 7587 §7.1 for Opus, RFC 4856 for the annexb of G.729.
    [Theory]
    [InlineData("opus", "", "opus", "stereo=1;usedtx=1", true)]
    [InlineData("G729", "", "G729", "annexb=yes", true)]
    [InlineData("G729", "annexb=no", "G729", " AnnexB = NO ", true)]
    [InlineData("G729", "annexb=no", "G729", "", false)]
    [InlineData("PCMU", "", "PCMA", "", false)]
    [InlineData("PCMU", "", "PCMU", "x=y", true)]
    public void Two_sides_share_what_each_can_read_of_the_other(string a, string parametersA, string b, string parametersB, bool shared)
    {
        var first = new PayloadFormat(96, CodecCatalog.Available.First(f => f.Name == a), parametersA);
        var second = new PayloadFormat(97, CodecCatalog.Available.First(f => f.Name == b), parametersB);
        Assert.Equal(shared, CodecCatalog.Shares(first, second));
        Assert.Equal(shared, CodecCatalog.Shares(second, first));
    }

    [Theory]
    [InlineData("PCMU", 8000, 20, 20)]
    [InlineData("PCMU", 8000, 30, 30)]
    [InlineData("PCMU", 8000, 25, 20)]
    [InlineData("PCMU", 8000, 5, 10)]
    [InlineData("PCMU", 8000, 500, 60)]
    [InlineData("GSM", 8000, 30, 20)]
    [InlineData("GSM", 8000, 60, 60)]
    [InlineData("opus", 48000, 10, 10)]
    [InlineData("opus", 48000, 30, 20)]
    [InlineData("opus", 48000, 60, 60)]
    [InlineData("opus", 48000, 120, 60)]
    [InlineData("L16", 16000, 20, 20)]
    [InlineData("L16", 16000, 60, 40)]
    [InlineData("L16", 48000, 20, 10)]
    [InlineData("L16", 44100, 20, 10)]
    public void The_packet_time_is_one_that_the_coder_can_make(string name, int clock, int wanted, int made) =>
        Assert.Equal(made, CodecCatalog.PacketMilliseconds(CodecCatalog.Find(name, clock, name == "opus" ? 2 : 1)!, wanted));

    [Theory]
    [InlineData("opus", 48000, "", "useinbandfec=1")]
    [InlineData("G729", 8000, "", "")]
    [InlineData("G729", 8000, "annexb=no", "annexb=no")]
    [InlineData("PCMU", 8000, "", "")]
    public void What_we_write_as_fmtp(string name, int clock, string offered, string written) =>
        Assert.Equal(written, CodecCatalog.Parameters(CodecCatalog.Find(name, clock, name == "opus" ? 2 : 1)!, offered));
}
