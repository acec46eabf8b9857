using Tandem.Core.Net;

namespace Tandem.Server.Hep;

public class HepPacketTests
{
    [Fact]
    public void A_packet_is_four_letters_a_length_and_chunks()
    {
        NetAddress.TryParse("192.0.2.1", 5060, out var from);
        NetAddress.TryParse("198.51.100.2", 5070, out var to);
        var bytes = new byte[1_000];
        var at = DateTimeOffset.FromUnixTimeSeconds(0x01020304).AddMicroseconds(0x0506);
        var length = HepPacket.Write(bytes, new HepHead(HepPayload.Sip, 17, from, to, at, 2_001, "pw", "call"), "BYE"u8);

        Assert.Equal(
            "48455033" + "0078"
            + "0000" + "0001" + "0007" + "02"
            + "0000" + "0002" + "0007" + "11"
            + "0000" + "0003" + "000A" + "C0000201"
            + "0000" + "0004" + "000A" + "C6336402"
            + "0000" + "0007" + "0008" + "13C4"
            + "0000" + "0008" + "0008" + "13CE"
            + "0000" + "0009" + "000A" + "01020304"
            + "0000" + "000A" + "000A" + "00000506"
            + "0000" + "000B" + "0007" + "01"
            + "0000" + "000C" + "000A" + "000007D1"
            + "0000" + "000E" + "0008" + "7077"
            + "0000" + "0011" + "000A" + "63616C6C"
            + "0000" + "000F" + "0009" + "425945",
            Convert.ToHexString(bytes.AsSpan(0, length)));
        Assert.Equal(0x78, length);
    }

    [Fact]
    public void Ipv6_has_chunks_of_its_own()
    {
        NetAddress.TryParse("2001:db8::1", 5060, out var from);
        NetAddress.TryParse("2001:db8::2", 5060, out var to);
        var bytes = new byte[1_000];
        var length = HepPacket.Write(bytes, new HepHead(HepPayload.RtcpJson, 17, from, to, DateTimeOffset.UnixEpoch, 1, "", ""), "{}"u8);
        var hex = Convert.ToHexString(bytes.AsSpan(0, length));
        Assert.Contains("0000" + "0001" + "0007" + "0A", hex);
        Assert.Contains("0000" + "0005" + "0016" + "20010DB8000000000000000000000001", hex);
        Assert.Contains("0000" + "0006" + "0016" + "20010DB8000000000000000000000002", hex);
        Assert.Contains("0000" + "000B" + "0007" + "05", hex);
        Assert.DoesNotContain("0000" + "0011", hex[100..]);
    }
}
