using Tandem.Media.Rtcp;
using Tandem.Media.Tests.Rtp;

namespace Tandem.Media.Tests.Rtcp;

public sealed class RtcpPacketTests
{
    // RFC 5761 §4: 192 to 223 in the second byte; everything else with version 2 is RTP.
    [Theory]
    [InlineData("80 C8 00 01 00 00 00 01", true)]
    [InlineData("80 C0 00 01 00 00 00 01", true)]
    [InlineData("80 DF 00 01 00 00 00 01", true)]
    [InlineData("80 BF 00 01 00 00 00 01", false)]
    [InlineData("80 E0 00 01 00 00 00 01", false)]
    [InlineData("80 00 00 01 00 00 00 01", false)]
    [InlineData("00 C8 00 01 00 00 00 01", false)]
    [InlineData("80 C8 00", false)]
    public void Tells_rtcp_from_rtp(string hex, bool expected) => Assert.Equal(expected, RtcpPacket.IsRtcp(RtpHeaderTests.Hex(hex)));

    // RFC 3550 §A.2; RFC 5506 for what does not begin with a report.
    [Theory]
    [InlineData("80 C9 00 01 00 00 00 01", true)]
    [InlineData("80 C9 00 01 00 00 00 01 81 CA 00 02 00 00 00 01 01 00 00 00", true)]
    [InlineData("81 CE 00 02 00 00 00 01 00 00 00 02", true)]
    [InlineData("80 C9 00 01 00 00 00 01 A1 CB 00 02 00 00 00 01 00 00 00 04", true)]
    [InlineData("A0 C9 00 01 00 00 00 01 81 CB 00 01 00 00 00 01", false)]
    [InlineData("80 C9 00 02 00 00 00 01", false)]
    [InlineData("80 C9 00 01 00 00 00 01 00", false)]
    [InlineData("80 C9 00 01 00 00 00 01 41 CA 00 01 00 00 00 01", false)]
    public void Checks_the_lengths_of_a_compound(string hex, bool expected) =>
        Assert.Equal(expected, RtcpPacket.IsValid(RtpHeaderTests.Hex(hex), false));

    [Fact]
    public void Of_an_encrypted_one_only_the_header_counts()
    {
        Assert.True(RtcpPacket.IsValid(RtpHeaderTests.Hex("80 C9 00 07 00 00 00 01 DE AD BE EF"), true));
        Assert.False(RtcpPacket.IsValid(RtpHeaderTests.Hex("80 C9 00 07 00"), true));
    }

    [Fact]
    public void Any_bytes_are_judged_without_an_exception()
    {
        var random = new Random(8);
        var bytes = new byte[48];
        for (var i = 0; i < 200_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = (byte)(0x80 | (bytes[0] & 0x3F));
            bytes[1] = (byte)(192 + (bytes[1] & 31));
            bytes[2] = 0;
            bytes[3] &= 15;
            RtcpPacket.IsValid(bytes.AsSpan(0, random.Next(bytes.Length + 1)), (i & 1) != 0);
        }
    }
}
