using Tandem.Media.Rtp;

namespace Tandem.Media.Tests.Rtp;

public sealed class RtpHeaderTests
{
    // RFC 3550 §5.1 and §5.3.1.
    [Theory]
    [InlineData("80 00 00 01 00 00 00 A0 12 34 56 78", 0, false, 12, 0)]
    [InlineData("80 E5 FF FF 00 00 00 A0 12 34 56 78 01", 101, true, 12, 0)]
    [InlineData("82 08 00 01 00 00 00 A0 12 34 56 78 00 00 00 01 00 00 00 02", 8, false, 20, 0)]
    [InlineData("90 08 00 01 00 00 00 A0 12 34 56 78 BE DE 00 01 10 FF 00 00 55", 8, false, 20, 0)]
    [InlineData("A0 08 00 01 00 00 00 A0 12 34 56 78 55 00 00 03", 8, false, 12, 3)]
    public void Reads_valid_headers(string hex, int type, bool marker, int length, int padding)
    {
        Assert.True(RtpHeader.TryParse(Hex(hex), false, out var header));
        Assert.Equal((type, marker, length, padding), (header.PayloadType, header.Marker, header.HeaderLength, header.PaddingLength));
        Assert.Equal(0x12345678u, header.Ssrc);
        Assert.Equal(160u, header.Timestamp);
    }

    [Theory]
    [InlineData("")]
    [InlineData("80 00 00 01 00 00 00 A0 12 34 56")]
    [InlineData("40 00 00 01 00 00 00 A0 12 34 56 78")]
    [InlineData("00 01 00 00 21 12 A4 42 00 00 00 00 00 00 00 00")]
    [InlineData("81 00 00 01 00 00 00 A0 12 34 56 78 00 00")]
    [InlineData("90 00 00 01 00 00 00 A0 12 34 56 78 BE DE")]
    [InlineData("90 00 00 01 00 00 00 A0 12 34 56 78 BE DE 00 02 00 00 00 00")]
    [InlineData("A0 00 00 01 00 00 00 A0 12 34 56 78 00")]
    [InlineData("A0 00 00 01 00 00 00 A0 12 34 56 78 02")]
    public void Refuses_what_is_not_rtp(string hex) => Assert.False(RtpHeader.TryParse(Hex(hex), false, out _));

    [Fact]
    public void Encrypted_padding_is_not_judged() =>
        Assert.True(RtpHeader.TryParse(Hex("A0 00 00 01 00 00 00 A0 12 34 56 78 FF"), true, out var header) && header.PaddingLength == 0);

    [Fact]
    public void Any_bytes_are_judged_without_an_exception()
    {
        var random = new Random(7);
        var bytes = new byte[64];
        var valid = 0;
        for (var i = 0; i < 200_000; i++)
        {
            random.NextBytes(bytes);
            if (i % 2 == 0)
                bytes[0] = (byte)(0x80 | (bytes[0] & 0x3F));
            var packet = bytes.AsSpan(0, random.Next(bytes.Length + 1));
            if (RtpHeader.TryParse(packet, (i & 4) != 0, out var header))
            {
                valid++;
                Assert.InRange(header.HeaderLength + header.PaddingLength, 12, packet.Length);
            }
        }

        Assert.True(valid > 1000);
    }

    internal static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", ""));
}
