using Tandem.Media.Plan;
using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Plan;

/// <summary>Lines that end with nobody here: video, fax, and several of them.</summary>
public sealed class PassedLinesTests
{
    private const string Video = """
        m=video 7000 RTP/AVPF 96 97 98
        b=AS:500
        a=rtpmap:96 VP8/90000
        a=rtpmap:97 rtx/90000
        a=fmtp:97 apt=96
        a=rtpmap:98 H264/90000
        a=fmtp:98 profile-level-id=42e01f;packetization-mode=1
        a=rtcp-fb:96 nack pli
        a=rtcp-fb:96 transport-cc
        a=rtcp-fb:98 ccm fir
        a=extmap:3 urn:3gpp:video-orientation
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=ssrc:1 cname:x
        """;

    private readonly NegotiationRig _rig = new();

    [Fact]
    public void Video_passes_with_what_belongs_to_it()
    {
        var offer = _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\n" + Video);
        Assert.Equal("96 VP8/90000, 97 rtx/90000 apt=96, 98 H264/90000 profile-level-id=42e01f;packetization-mode=1", NegotiationRig.Formats(offer, 1));
        Assert.Equal(["rtcp-fb:96 nack pli", "rtcp-fb:98 ccm fir", "extmap:3 urn:3gpp:video-orientation", "ssrc:1 cname:x"], offer.Media[1].Others);
        Assert.Equal((SdpTransport.RtpAvpf, "AS:500"), (offer.Media[1].Transport, offer.Media[1].Bandwidths[0]));
        var answer = _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0\nm=video 8000 RTP/AVPF 98\na=rtpmap:98 H264/90000\na=fmtp:98 profile-level-id=42800d\na=rtcp-fb:98 ccm fir\na=rtcp-fb:96 nack");
        Assert.Equal("98 H264/90000 profile-level-id=42800d", NegotiationRig.Formats(answer, 1));
        Assert.Equal(["rtcp-fb:98 ccm fir"], answer.Media[1].Others);
        Assert.True(_rig.Line(1).CanRelay);
        Assert.Null(_rig.Line(1).A!.Audio);
    }

    // RFC 4588 §4, §8.6: what repeats packets of this line is known by the number that each side gives it; what repeats those of another line (§5.1) is none.
    [Fact]
    public void What_repeats_packets_of_the_line_is_known()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\n" + Video);
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0\nm=video 8000 RTP/AVPF 110 111\na=rtpmap:110 VP8/90000\na=rtpmap:111 RTX/90000\na=fmtp:111 rtx-time=3000; apt=110");
        Assert.Equal((UInt128.One << 97, UInt128.One << 111), (_rig.Line(1).A!.Retransmissions, _rig.Line(1).B!.Retransmissions));
        Assert.Equal((111, 97), (_rig.Line(1).AToB![97], _rig.Line(1).BToA![111]));
        Assert.Equal((UInt128.Zero, UInt128.Zero), (_rig.Line().A!.Retransmissions, _rig.Line().B!.Retransmissions));

        var other = Video.Replace("apt=96", "apt=99", StringComparison.Ordinal);
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\n" + other);
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0\n" + other.Replace("7000", "8000", StringComparison.Ordinal));
        Assert.Equal((UInt128.Zero, UInt128.Zero), (_rig.Line(1).A!.Retransmissions, _rig.Line(1).B!.Retransmissions));
    }

    [Fact]
    public void Video_that_the_other_side_refuses_is_refused()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\n" + Video);
        Assert.Equal([false, true], _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0\nm=video 0 RTP/AVPF 96").Media.Select(m => m.IsOff));
        Assert.Null(_rig.Plan.Lines[1]);

        // Another fork may take it until there is another offer.
        Assert.Contains((1, MediaSide.B), _rig.Ports.Reserved.Keys);
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\nm=video 0 RTP/AVPF 96");
        _rig.Session.ReleasePorts();
        Assert.DoesNotContain((1, MediaSide.B), _rig.Ports.Reserved.Keys);
    }

    // T.38 by re-INVITE: the fax machines change the call over.
    [Fact]
    public void A_call_goes_over_to_fax_and_back()
    {
        const string Fax = "m=audio 0 RTP/AVP 0\nm=image 5004 udptl t38\na=T38FaxVersion:0\na=T38MaxBitRate:14400\na=T38FaxUdpEC:t38UDPRedundancy";
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0");
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0");
        var offer = _rig.Offer(MediaSide.B, Fax);
        Assert.Equal([true, false], offer.Media.Select(m => m.IsOff));
        Assert.Equal(["T38FaxVersion:0", "T38MaxBitRate:14400", "T38FaxUdpEC:t38UDPRedundancy"], offer.Media[1].Others);
        Assert.Equal("t38", offer.Media[1].Formats[0].Token);
        var answer = _rig.Answer(MediaSide.A, Fax.Replace("5004", "6004", StringComparison.Ordinal));
        Assert.False(answer.Media[1].IsOff);
        Assert.DoesNotContain("sendrecv", NegotiationRig.Text(answer));
        Assert.Null(_rig.Plan.Lines[0]);
        Assert.True(_rig.Line(1).CanRelay && _rig.Transport(MediaSide.A, 1).IsOpaque && _rig.Transport(MediaSide.B, 1).IsOpaque);
        Assert.Equal("192.0.2.2:5004", _rig.Transport(MediaSide.B, 1).Rtp.ToString());

        _rig.Offer(MediaSide.B, "m=audio 5000 RTP/AVP 0\nm=image 0 udptl t38");
        _rig.Answer(MediaSide.A, "m=audio 6000 RTP/AVP 0\nm=image 0 udptl t38");
        Assert.Null(_rig.Plan.Lines[1]);
        Assert.NotNull(_rig.Plan.Lines[0]);
    }

    // Fax goes in the clear, and browsers have none.
    [Theory]
    [InlineData(SrtpPolicy.Required, false)]
    [InlineData(SrtpPolicy.Offered, true)]
    public void Fax_goes_to_nobody_who_cannot_have_it(SrtpPolicy srtp, bool isBrowser)
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { Srtp = srtp, IsBrowser = isBrowser });
        var refused = _rig.Session.Offer(MediaSide.A, NegotiationRig.Sdp(MediaSide.A, "m=image 5004 udptl t38"));
        Assert.Equal(MediaError.NotAcceptable, _rig.Refused(refused));
        Assert.Empty(_rig.Ports.Reserved);
    }

    // RFC 3264 §10.1: three lines, one refused; later a changed port and a fourth line.
    [Fact]
    public void Lines_are_refused_moved_and_added()
    {
        const string Offered = "m=audio 49170 RTP/AVP 0\nm=video 51372 RTP/AVP 31\nm=video 53000 RTP/AVP 32";
        Assert.Equal([0, 31, 32], _rig.Offer(MediaSide.A, Offered).Media.Select(m => m.Formats[0].PayloadType));
        var answer = _rig.Answer(MediaSide.B, "m=audio 49920 RTP/AVP 0\nm=video 0 RTP/AVP 31\nm=video 53000 RTP/AVP 32");
        Assert.Equal([false, true, false], answer.Media.Select(m => m.IsOff));
        var later = _rig.Offer(MediaSide.B, "m=audio 65422 RTP/AVP 0\nm=video 0 RTP/AVP 31\nm=video 53000 RTP/AVP 32\nm=audio 51434 RTP/AVP 110 0\na=rtpmap:110 telephone-event/8000\na=recvonly");
        Assert.Equal([false, true, false, false], later.Media.Select(m => m.IsOff));
        Assert.Equal(SdpDirection.RecvOnly, later.Media[3].Direction);
        _rig.Answer(MediaSide.A, Offered.Replace("51372", "0", StringComparison.Ordinal) + "\nm=audio 53122 RTP/AVP 0 110\na=rtpmap:110 telephone-event/8000\na=sendonly");
        Assert.Equal(65422, _rig.Transport(MediaSide.B).Rtp.Port);
        Assert.Equal((true, false), (_rig.Line(3).A!.Sends, _rig.Line(3).B!.Sends));
        Assert.Null(_rig.Plan.Lines[1]);
    }
}
