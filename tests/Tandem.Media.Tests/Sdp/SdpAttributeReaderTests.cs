using Tandem.Media.Sdp;

namespace Tandem.Media.Tests.Sdp;

public sealed class SdpAttributeReaderTests
{
    private const string Head = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n";

    private static SdpDocument Parse(string text)
    {
        Assert.True(SdpParser.TryParse(Sdps.Bytes(text), new MediaOptions(), out var document, out var error), error);
        return document;
    }

    private static SdpMedia Media(string attributes, string line = "m=audio 5000 RTP/AVP 0 96 13 77") => Parse(Head + line + "\n" + attributes).Media[0];

    // RFC 8866 §6.6, §6.15: what cannot be read is as if it were not there.
    [Theory]
    [InlineData("", "")]
    [InlineData("a=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1; stereo=1", "opus/48000/2 useinbandfec=1; stereo=1")]
    [InlineData("a=fmtp:96 a\na=fmtp:96 b\na=rtpmap:96 X/8000", "X/8000/1 a")]
    [InlineData("a=rtpmap:96 broken", "")]
    [InlineData("a=rtpmap:96 x/0", "")]
    [InlineData("a=rtpmap:96 x/99999999", "")]
    [InlineData("a=rtpmap:5 x/8000", "")]
    public void Formats_have_their_maps_and_parameters(string attributes, string expected)
    {
        var format = Media(attributes).Formats[1];
        Assert.Equal(expected, format.Name.Length == 0 ? format.Parameters : $"{format.Name}/{format.ClockRate}/{format.Channels} {format.Parameters}");
    }

    // RFC 3551 §6.
    [Fact]
    public void Assigned_formats_need_no_map()
    {
        var formats = Media("").Formats;
        Assert.Equal([("PCMU", 8000), ("", 0), ("CN", 8000), ("", 0)], formats.Select(f => (f.Name, f.ClockRate)));
        Assert.Equal([0, 96, 13, 77], formats.Select(f => f.PayloadType));
        Assert.Equal(["t38"], Media("", "m=image 5000 udptl t38").Formats.Select(f => f.Name));
        Assert.Equal(["0", "8"], Media("", "m=audio 5000 RTP/AVP 0 0 8 200 x").Formats.Select(f => f.Token));
    }

    [Theory]
    [InlineData("a=ptime:30\na=maxptime:60", 30, 60)]
    [InlineData("a=ptime:20.0\na=maxptime:x", 20, 0)]
    [InlineData("a=ptime:-5\na=maxptime:100000", 0, 0)]
    public void Packet_times_are_bounded(string attributes, int time, int most) =>
        Assert.Equal((time, most), (Media(attributes).PacketMilliseconds, Media(attributes).MaxPacketMilliseconds));

    // RFC 8122 §5, RFC 4145 §4, RFC 8842 §4; the session level counts for lines without their own.
    [Fact]
    public void Fingerprint_setup_and_tls_id_are_read_at_both_levels()
    {
        const string Hash = "00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13";
        var document = Parse(Head.Replace("t=0 0\n", $"t=0 0\na=fingerprint:SHA-1 {Hash}\na=setup:actpass\n") + $"m=audio 5000 RTP/AVP 0\nm=video 6000 RTP/AVP 96\na=fingerprint:sha-1 {Hash}\na=fingerprint:sha-1 00\na=fingerprint:md5 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F\na=setup:passive\na=tls-id:12345678901234567890");
        Assert.Equal(["sha-1 000102030405060708090A0B0C0D0E0F10111213"], document.Media[0].Fingerprints.Select(f => f.ToString()));
        Assert.Equal((SdpSetup.ActPass, ""), (document.Media[0].Setup, document.Media[0].TlsId));
        Assert.Equal(["sha-1 000102030405060708090A0B0C0D0E0F10111213"], document.Media[1].Fingerprints.Select(f => f.ToString()));
        Assert.Equal((SdpSetup.Passive, "12345678901234567890"), (document.Media[1].Setup, document.Media[1].TlsId));
    }

    // RFC 8839 §4.2.5, §5.4; RFC 8840 §4.1.1 for the discard port.
    [Theory]
    [InlineData("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=candidate:1 1 UDP 1 192.0.2.1 5000 typ host", true, false)]
    [InlineData("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=candidate:1 1 udp 1 192.0.2.9 5000 typ host", true, true)]
    [InlineData("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=candidate:1 2 UDP 1 192.0.2.1 5000 typ host", true, true)]
    [InlineData("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901", true, true)]
    [InlineData("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=ice-options:trickle", true, false)]
    [InlineData("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=ice-mismatch", true, true)]
    [InlineData("c=IN IP4 0.0.0.0\na=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901", true, false)]
    [InlineData("a=ice-ufrag:abc\na=ice-pwd:0123456789012345678901", false, false)]
    [InlineData("a=ice-ufrag:abcd\na=ice-pwd:012345678901234567890 ", false, false)]
    [InlineData("a=ice-ufrag:abcd", false, false)]
    public void Ice_is_there_with_both_credentials_and_fits_the_default_address(string attributes, bool expected, bool isMismatch)
    {
        var media = Media(attributes);
        Assert.Equal((expected, isMismatch), (media.Ice is not null, media.Ice?.IsMismatch ?? false));
        Assert.False(media.IsHeldByAddress);
    }

    // RFC 9143 §6, §8.
    [Fact]
    public void Bundles_and_mids_are_read()
    {
        var document = Parse(Head.Replace("t=0 0\n", "t=0 0\na=group:BUNDLE a b\na=group:LS a b\na=ice-lite\n") + "m=audio 5000 RTP/AVP 0\na=mid:a\nm=video 0 RTP/AVP 96\na=mid:b\na=bundle-only");
        Assert.Equal(["a b"], document.Bundles.Select(g => string.Join(' ', g)));
        Assert.True(document.IsIceLite);
        Assert.Equal([("a", false), ("b", false)], document.Media.Select(m => (m.Mid, m.IsOff)));
        Assert.True(document.Media[1].IsBundleOnly);
    }

    [Fact]
    public void Whatever_else_is_said_is_kept()
    {
        var media = Media("b=AS:500\na=rtcp-fb:96 nack pli\na=crypto:1 X inline:Y\na=sendonly\na=x-y:  z");
        Assert.Equal(["rtcp-fb:96 nack pli", "x-y:  z"], media.Others);
        Assert.Equal(["1 X inline:Y"], media.Crypto);
        Assert.Equal(["AS:500"], media.Bandwidths);
    }
}
