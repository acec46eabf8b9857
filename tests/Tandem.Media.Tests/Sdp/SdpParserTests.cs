using System.Text;
using Tandem.Core.Net;
using Tandem.Media.Sdp;

namespace Tandem.Media.Tests.Sdp;

public sealed class SdpParserTests
{
    private static readonly MediaOptions Limits = new();

    private const string Head = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n";

    private static SdpDocument Parse(string text)
    {
        Assert.True(SdpParser.TryParse(Sdps.Bytes(text), Limits, out var document, out var error), error);
        return document;
    }

    public static TheoryData<string, string, int, SdpTransport, string, int, string> MediaLines => new()
    {
        { Sdps.Baresip, "audio", 10034, SdpTransport.RtpAvp, "192.0.2.10:10034", 10035, "96 0 8 101" },
        { Sdps.Linphone, "audio", 7078, SdpTransport.RtpAvpf, "203.0.113.20:7078", 42341, "96 97 0 8 98" },
        { Sdps.Sipp, "audio", 6000, SdpTransport.RtpAvp, "127.0.0.1:6000", 6001, "0" },
        { Sdps.DeskPhoneSdes, "audio", 11788, SdpTransport.RtpSavp, "192.0.2.99:11788", 11789, "9 0 8 18 101" },
        { Sdps.IpV6, "audio", 5004, SdpTransport.RtpAvp, "[2001:db8::10]:5004", 5005, "0 101" },
    };

    [Theory]
    [MemberData(nameof(MediaLines))]
    public void Reads_what_the_packets_need(string text, string kind, int port, SdpTransport transport, string target, int rtcpPort, string formats)
    {
        var media = Parse(text).Media[0];
        Assert.Equal((kind, port, transport), (media.Kind, media.Port, media.Transport));
        Assert.Equal(target, media.RtpTarget.ToString());
        Assert.Equal(rtcpPort, media.RtcpTarget(false).Port);
        Assert.Equal(media.RtpTarget, media.RtcpTarget(true));
        Assert.Equal(formats, string.Join(' ', media.Formats.Select(f => f.Token)));
    }

    [Fact]
    public void Reads_several_lines_with_their_own_connections()
    {
        var document = Parse(Sdps.Linphone);
        Assert.Equal(["203.0.113.20:7078", "198.51.100.7:9078"], document.Media.Select(m => m.RtpTarget.ToString()));
        Assert.Equal([true, false], document.Media.Select(m => m.RtcpMux));
    }

    // RFC 3605 §2.1: the port alone, or with an address of its own.
    [Theory]
    [InlineData("a=rtcp:53020", "192.0.2.1:53020")]
    [InlineData("a=rtcp:53020 IN IP4 198.51.100.9", "198.51.100.9:53020")]
    [InlineData("a=rtcp:53020 IN IP6 2001:db8::9", "[2001:db8::9]:53020")]
    [InlineData("a=rtcp-fb:96 nack", "192.0.2.1:49171")]
    public void Reads_the_rtcp_attribute(string attribute, string expected) =>
        Assert.Equal(expected, Parse(Head + "m=audio 49170 RTP/AVP 0\n" + attribute).Media[0].RtcpTarget(false).ToString());

    // RFC 8866 §6.7: the media level wins over the session level; RFC 3264 §5.1: sendrecv when neither speaks.
    [Theory]
    [InlineData("", "", SdpDirection.SendRecv)]
    [InlineData("a=recvonly\n", "", SdpDirection.RecvOnly)]
    [InlineData("a=recvonly\n", "a=sendonly", SdpDirection.SendOnly)]
    [InlineData("", "a=inactive", SdpDirection.Inactive)]
    [InlineData("", "a=sendrecv", SdpDirection.SendRecv)]
    public void Reads_directions_of_both_levels(string session, string media, SdpDirection expected) =>
        Assert.Equal(expected, Parse(Head + session + "m=audio 49170 RTP/AVP 0\n" + media).Media[0].Direction);

    // RFC 3264 §8.4, the hold of RFC 2543.
    [Theory]
    [InlineData("c=IN IP4 0.0.0.0", "", SdpDirection.SendOnly)]
    [InlineData("c=IN IP4 0.0.0.0", "a=recvonly", SdpDirection.Inactive)]
    [InlineData("c=IN IP4 0.0.0.0", "a=inactive", SdpDirection.Inactive)]
    [InlineData("c=IN IP6 ::", "a=sendrecv", SdpDirection.SendOnly)]
    [InlineData("c=IN IP4 192.0.2.5", "a=sendrecv", SdpDirection.SendRecv)]
    public void An_unspecified_address_takes_the_receiving_away(string connection, string direction, SdpDirection expected)
    {
        var media = Parse(Head + "m=audio 49170 RTP/AVP 0\n" + connection + "\n" + direction).Media[0];
        Assert.Equal(expected, media.EffectiveDirection);
        Assert.Equal(connection.Contains("192"), !media.RtpTarget.IsUnspecified);
    }

    [Theory]
    [InlineData("c=IN IP4 224.2.1.1/127/3", true)]
    [InlineData("c=IN IP4 239.0.0.1/1", true)]
    [InlineData("c=IN IP4 255.255.255.255", true)]
    [InlineData("c=IN IP6 FF15::101/3", true)]
    [InlineData("c=IN IP4 phone.example.com", false)]
    public void Groups_and_names_have_no_target(string connection, bool multicast)
    {
        var media = Parse(Head + "m=audio 49170 RTP/AVP 0\n" + connection).Media[0];
        Assert.True(media.RtpTarget.IsUnspecified);
        Assert.Equal((multicast, false), (media.Connection.IsMulticast, media.Connection.IsHold));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n\r\n")]
    [InlineData("")]
    public void Tolerates_the_line_ends_that_are_met(string end)
    {
        var text = Head + "m=audio 5000 RTP/AVP 0" + end;
        Assert.True(SdpParser.TryParse(Encoding.ASCII.GetBytes(text), Limits, out var document, out var error), error);
        Assert.Equal(5000, Assert.Single(document.Media).Port);
    }

    [Theory]
    [InlineData("", "the SDP is empty")]
    [InlineData("\r\n", "the SDP is empty")]
    [InlineData("hello", "line 1 of the SDP is not of the form x=value")]
    [InlineData("V=0\n", "line 1 of the SDP is not of the form x=value")]
    [InlineData("o=- 1 1 IN IP4 192.0.2.1\n", "the SDP does not begin with v=0")]
    [InlineData("v=1\n", "the SDP does not begin with v=0")]
    [InlineData("v=0\n\ns=-\n", "line 2 of the SDP is empty")]
    [InlineData("v=0\ns=-\nt=0 0\n", "the SDP has no o= line")]
    [InlineData("v=0\no=- 1 1 IN IP4\ns=-\nt=0 0\n", "the o= line of the SDP does not have six fields")]
    [InlineData("v=0\no=- 1 1 IN IP4 1.1.1.1\no=- 1 1 IN IP4 1.1.1.1\ns=-\nt=0 0\n", "the SDP has more than one o= line")]
    [InlineData("v=0\no=- 1 1 IN IP4 1.1.1.1\nt=0 0\n", "the SDP has no s= line")]
    [InlineData("v=0\no=- 1 1 IN IP4 1.1.1.1\ns=-\n", "the SDP has no t= line")]
    [InlineData("v=0\nv=0\n", "the SDP has more than one v= line")]
    [InlineData(Head + "c=IN IP4 1.2.3\n", "a c= line of the SDP cannot be read")]
    [InlineData(Head + "c=IN IP4 999.1.1.1\n", "a c= line of the SDP cannot be read")]
    [InlineData(Head + "c=IN IP6 2001:db8:::1\n", "a c= line of the SDP cannot be read")]
    [InlineData(Head + "c=ATM NSAP 47\n", "a c= line of the SDP cannot be read")]
    [InlineData(Head + "c=IN IP4 192.0.2.1/4\n", "a c= line of the SDP cannot be read")]
    [InlineData(Head + "m=audio\n", "m= line 1 of the SDP cannot be read")]
    [InlineData(Head + "m=audio 5000 RTP/AVP\n", "m= line 1 of the SDP cannot be read")]
    [InlineData(Head + "m=audio 70000 RTP/AVP 0\n", "m= line 1 of the SDP cannot be read")]
    [InlineData(Head + "m=audio -1 RTP/AVP 0\n", "m= line 1 of the SDP cannot be read")]
    [InlineData(Head + "m=audio 1x RTP/AVP 0\n", "m= line 1 of the SDP cannot be read")]
    [InlineData(Head + "m=audio 5000 RTP/AVP 0\na=rtcp:99999\n", "a=rtcp cannot be read in the section of m= line 1")]
    [InlineData(Head + "m=audio 5000 RTP/AVP 0\na=rtcp:5 IN IP4 x\u0001y z\n", "a=rtcp cannot be read in the section of m= line 1")]
    [InlineData(Head + "m=audio 5000 RTP/AVP 0\nc=IN IP4\n", "a c= line cannot be read in the section of m= line 1")]
    [InlineData(Head + "m=audio 5000 RTP/AVP 0\ns=late\n", "a session line stands in the section of m= line 1")]
    [InlineData("v=0\no=- 1 1 IN IP4 1.1.1.1\ns=-\nt=0 0\nm=audio 5000 RTP/AVP 0\n", "the SDP has no c= line for a media line")]
    public void Says_what_is_wrong(string text, string error)
    {
        Assert.False(SdpParser.TryParse(Encoding.Latin1.GetBytes(text), Limits, out var document, out var actual));
        Assert.Null(document);
        Assert.Equal(error, actual);
    }

    [Fact]
    public void Is_bounded()
    {
        var small = Limits with { MaxSdpBytes = 300, MaxSdpLines = 10, MaxMediaLines = 2 };
        Assert.False(SdpParser.TryParse(Encoding.ASCII.GetBytes(Head + new string('a', 300)), small, out _, out var error));
        Assert.Equal("the SDP is longer than 300 bytes", error);
        Assert.False(SdpParser.TryParse(Encoding.ASCII.GetBytes(Head + string.Concat(Enumerable.Repeat("a=x\n", 6))), small, out _, out error));
        Assert.Equal("the SDP has more than 10 lines", error);
        Assert.False(SdpParser.TryParse(Encoding.ASCII.GetBytes(Head + string.Concat(Enumerable.Repeat("m=audio 1 RTP/AVP 0\n", 3))), small, out _, out error));
        Assert.Equal("the SDP has more than 2 m= lines", error);
        Assert.False(SdpParser.TryParse(Encoding.ASCII.GetBytes(Head + "a=\0\n"), Limits, out _, out error));
        Assert.Equal("the SDP contains a NUL byte", error);
    }

    // Whatever the bytes: an answer and no exception, and what is accepted can be written again and read again.
    [Fact]
    public void Survives_twenty_thousand_broken_descriptions()
    {
        string[] seeds = [Sdps.Baresip, Sdps.Linphone, Sdps.WebRtc, Sdps.DeskPhoneSdes, Sdps.FaxAndAudio, Sdps.IpV6];
        var random = new Random(20261121);
        var accepted = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Mutate(Sdps.Bytes(seeds[round % seeds.Length]), random);
            if (!SdpParser.TryParse(bytes, Limits, out var document, out var error))
            {
                Assert.NotEmpty(error);
                continue;
            }

            accepted++;
            var sections = document.Media.Select(m => new SdpSection
            {
                Kind = m.Kind,
                Port = m.Port == 0 ? 0 : 4000,
                Protocol = m.Protocol,
                Formats = m.Formats,
                IsRefused = m.Port == 0,
                Direction = (SdpDirection)random.Next(4),
                PacketMilliseconds = m.PacketMilliseconds,
                Mid = m.Mid,
                Crypto = m.Crypto,
                Bandwidths = m.Bandwidths,
                Others = m.Others,
            });
            var written = SdpWriter.Write(new SdpOrigin(7), NetAddress.FromV4(0x01020304, 0), document.Bundles, [.. sections]);
            Assert.True(SdpParser.TryParse(written, Limits with { MaxSdpBytes = 20000, MaxSdpLines = 600 }, out var again, out error), $"round {round}: {error}");
            Assert.Equal(document.Media.Count, again.Media.Count);
        }

        Assert.InRange(accepted, 2000, 19_000);
    }

    internal static byte[] Mutate(byte[] bytes, Random random)
    {
        var list = bytes.ToList();
        for (var n = random.Next(1, 5); n > 0 && list.Count > 0; n--)
        {
            var at = random.Next(list.Count);
            switch (random.Next(5))
            {
                case 0:
                    list[at] = (byte)random.Next(256);
                    break;
                case 1:
                    list.RemoveRange(at, Math.Min(random.Next(1, 40), list.Count - at));
                    break;
                case 2:
                    list.InsertRange(at, list.GetRange(at, Math.Min(random.Next(1, 60), list.Count - at)));
                    break;
                case 3:
                    list.Insert(at, "\r\n =:/0m"u8[random.Next(8)]);
                    break;
                default:
                    list[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. list];
    }
}
