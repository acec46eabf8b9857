using Tandem.Core.Net;
using Tandem.Media.Sdp;

namespace Tandem.Media.Tests.Sdp;

public sealed class SdpRewriterTests
{
    private static readonly NetAddress Ours = NetAddress.FromV4(0xCB007101, 0); // 203.0.113.1

    private static SdpDocument Parse(string text)
    {
        Assert.True(SdpParser.TryParse(Sdps.Bytes(text), new MediaOptions(), out var document, out var error), error);
        return document;
    }

    private static string Write(string text, params SdpMediaRewrite[] media) => Sdps.Text(new SdpRewriter(42).Write(Parse(text), Ours, media));

    [Fact]
    public void Only_address_and_ports_change()
    {
        var expected = Sdps.DeskPhoneSdes
            .Replace("o=- 20518 20518 IN IP4 192.0.2.99", "o=- 42 1 IN IP4 203.0.113.1")
            .Replace("c=IN IP4 192.0.2.99", "c=IN IP4 203.0.113.1")
            .Replace("m=audio 11788 ", "m=audio 30000 ");
        Assert.Equal(expected, Write(Sdps.DeskPhoneSdes, new SdpMediaRewrite(30000, true, null)));
    }

    [Fact]
    public void Ice_and_rtcp_go_while_the_rest_stays_in_order()
    {
        // The video line is refused, keeps its place, and loses nothing else.
        Assert.Equal(
            """
            v=0
            o=- 42 1 IN IP4 203.0.113.1
            s=Talk
            c=IN IP4 203.0.113.1
            b=AS:380
            t=0 0
            a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics
            a=record:off
            m=audio 30000 RTP/AVPF 96 97 0 8 98
            c=IN IP4 203.0.113.1
            a=rtpmap:96 opus/48000/2
            a=fmtp:96 useinbandfec=1
            a=rtpmap:97 speex/16000
            a=fmtp:97 vbr=on
            a=rtpmap:98 telephone-event/48000
            a=rtcp-mux
            a=rtcp-fb:* trr-int 1000
            a=rtcp-fb:* ccm tmmbr
            m=video 0 RTP/AVP 96
            a=rtpmap:96 VP8/90000
            """,
            Write(Sdps.Linphone, new SdpMediaRewrite(30000, true, null), new SdpMediaRewrite(0, false, null)));
    }

    [Fact]
    public void Rtcp_mux_is_stripped_where_we_do_not_do_it() =>
        Assert.DoesNotContain("rtcp-mux", Write(Sdps.Linphone, new SdpMediaRewrite(30000, false, null), default));

    [Fact]
    public void Bundle_goes_and_other_groups_stay()
    {
        var text = Write(Sdps.WebRtc, default, default);
        Assert.DoesNotContain("BUNDLE", text);
        Assert.DoesNotContain("bundle-only", text);
        Assert.DoesNotContain("a=ice-", text);
        Assert.Contains("a=group:LS 0 1", text);
        Assert.Contains("a=mid:1", text);
    }

    [Theory]
    [InlineData("a=sendrecv\na=ptime:20", SdpDirection.SendOnly, "a=sendonly\na=ptime:20")]
    [InlineData("a=ptime:20", SdpDirection.Inactive, "a=ptime:20\na=inactive")]
    [InlineData("a=ptime:20\na=sendrecv\na=sendrecv", SdpDirection.RecvOnly, "a=ptime:20\na=recvonly")]
    public void A_direction_is_replaced_in_its_place_or_added(string attributes, SdpDirection direction, string expected)
    {
        var text = Write(Sdps.Sipp + "\n" + attributes, new SdpMediaRewrite(30000, true, direction));
        Assert.EndsWith("a=rtpmap:0 PCMU/8000\n" + expected, text);
    }

    [Fact]
    public void The_other_family_is_written_where_a_side_uses_it()
    {
        NetAddress.TryParse("2001:db8::1", 0, out var v6);
        var text = Sdps.Text(new SdpRewriter(42).Write(Parse(Sdps.Sipp), v6, [new SdpMediaRewrite(30000, true, null)]));
        Assert.Contains("o=- 42 1 IN IP6 2001:db8::1\n", text);
        Assert.Contains("\nc=IN IP6 2001:db8::1\n", text);
    }

    // RFC 3264 §5 and §8: one id, the version grows by one when something changed and not otherwise.
    [Fact]
    public void The_version_counts_changes()
    {
        var rewriter = new SdpRewriter(42);
        var media = new SdpMediaRewrite(30000, true, null);
        Assert.Contains("o=- 42 1 ", Sdps.Text(rewriter.Write(Parse(Sdps.Sipp), Ours, [media])));
        Assert.Contains("o=- 42 1 ", Sdps.Text(rewriter.Write(Parse(Sdps.Sipp.Replace("2353687637", "2353687638")), Ours, [media])));
        Assert.Contains("o=- 42 2 ", Sdps.Text(rewriter.Write(Parse(Sdps.Sipp + "\na=sendonly"), Ours, [media])));
        Assert.Contains("o=- 42 3 ", Sdps.Text(rewriter.Write(Parse(Sdps.Sipp), Ours, [media])));
        Assert.Contains("o=- 42 4 ", Sdps.Text(rewriter.Write(Parse(Sdps.Sipp), Ours, [media with { Port = 30002 }])));
        Assert.Equal(4, rewriter.Version);
    }

    // RFC 3264 §6: an answer has as many lines as its offer; what a phone left out is refused.
    [Fact]
    public void Missing_lines_of_an_answer_are_refused_ones()
    {
        var text = Sdps.Text(new SdpRewriter(42).Write(Parse(Sdps.Sipp), Ours, [new SdpMediaRewrite(30000, true, null)], Parse(Sdps.Linphone)));
        Assert.EndsWith("a=rtpmap:0 PCMU/8000\nm=video 0 RTP/AVP 96", text);
    }
}
