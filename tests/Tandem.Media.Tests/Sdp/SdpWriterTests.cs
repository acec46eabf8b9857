using Tandem.Core.Net;
using Tandem.Media.Sdp;
using Tandem.Media.Tests.Plan;

namespace Tandem.Media.Tests.Sdp;

public sealed class SdpWriterTests
{
    private static readonly NetAddress Ours = NetAddress.FromV4(0xCB007101, 0);

    private static SdpSection Section(params SdpFormat[] formats) => new() { Kind = "audio", Port = 30000, Protocol = "RTP/AVP", Formats = formats };

    private static string Write(SdpOrigin origin, params SdpSection[] sections) => Sdps.Text(SdpWriter.Write(origin, Ours, [], sections));

    [Fact]
    public void Every_part_stands_where_the_grammar_wants_it()
    {
        var section = Section(new SdpFormat("111", 111, "opus", 48000, 2, "useinbandfec=1"), new SdpFormat("0", 0, "PCMU", 8000, 1, "")) with
        {
            Direction = SdpDirection.SendOnly,
            PacketMilliseconds = 20,
            MaxPacketMilliseconds = 60,
            RtcpMux = true,
            ReducedRtcp = true,
            Mid = "0",
            Crypto = ["1 X inline:Y"],
            Fingerprint = Contexts.Certificate with { Value = new byte[] { 0, 0xAB } },
            Setup = SdpSetup.ActPass,
            TlsId = "abc",
            IceUfrag = "u",
            IcePassword = "p",
            Candidates = ["1 1 UDP 2130706431 203.0.113.1 30000 typ host"],
            Bandwidths = ["AS:64"],
            Others = ["label:1"],
        };
        var text = Sdps.Text(SdpWriter.Write(new SdpOrigin(7), Ours, [["0"]], [section]));
        Assert.Equal(
            """
            v=0
            o=- 7 1 IN IP4 203.0.113.1
            s=-
            c=IN IP4 203.0.113.1
            t=0 0
            a=group:BUNDLE 0
            a=ice-lite
            a=ice-options:ice2
            m=audio 30000 RTP/AVP 111 0
            b=AS:64
            a=mid:0
            a=rtcp-mux
            a=rtcp-rsize
            a=crypto:1 X inline:Y
            a=fingerprint:sha-256 00:AB
            a=setup:actpass
            a=tls-id:abc
            a=ice-ufrag:u
            a=ice-pwd:p
            a=candidate:1 1 UDP 2130706431 203.0.113.1 30000 typ host
            a=end-of-candidates
            a=rtpmap:111 opus/48000/2
            a=fmtp:111 useinbandfec=1
            a=rtpmap:0 PCMU/8000
            a=ptime:20
            a=maxptime:60
            a=label:1
            a=sendonly
            """.ReplaceLineEndings("\n"),
            text);
    }

    // RFC 3264 §6: a refused line has port 0 and the formats that were offered, and nothing else is looked at.
    [Fact]
    public void A_refused_line_is_bare()
    {
        var refused = Section(new SdpFormat("96", 96, "x", 8000, 1, "y")) with { Port = 0, IsRefused = true, Direction = SdpDirection.SendRecv };
        Assert.EndsWith("t=0 0\nm=audio 0 RTP/AVP 96", Write(new SdpOrigin(1), refused));
        Assert.EndsWith("m=audio 0 RTP/AVP 96\na=mid:m", Write(new SdpOrigin(1), refused with { Mid = "m" }));
    }

    // RFC 3264 §8: the version grows by one with every change and stays without one.
    [Fact]
    public void The_version_counts_changes()
    {
        var origin = new SdpOrigin(9);
        var section = Section(new SdpFormat("0", 0, "PCMU", 8000, 1, ""));
        Assert.Contains("o=- 9 1 IN", Write(origin, section));
        Assert.Contains("o=- 9 1 IN", Write(origin, section));
        Assert.Contains("o=- 9 2 IN", Write(origin, section with { Direction = SdpDirection.SendOnly }));
        Assert.Contains("o=- 9 3 IN", Write(origin, section));
        Assert.Equal(3, origin.Version);
    }
}
