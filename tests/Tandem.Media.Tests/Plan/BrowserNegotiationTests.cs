using Tandem.Media.Plan;
using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Plan;

/// <summary>Browsers (RFC 8829) and others with ICE, DTLS-SRTP and BUNDLE.</summary>
public sealed class BrowserNegotiationTests
{
    private const string Hash = "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F";
    private const string Transport = "c=IN IP4 0.0.0.0\na=rtcp:9 IN IP4 0.0.0.0\na=ice-ufrag:aB3d\na=ice-pwd:0123456789abcdefghijklmn\na=ice-options:trickle\na=fingerprint:sha-256 " + Hash + "\na=setup:actpass\n";
    private const string Audio = """
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=sendrecv
        a=msid:s t
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        a=fmtp:111 minptime=10;useinbandfec=1
        a=rtpmap:63 red/48000/2
        a=fmtp:63 111/111
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        a=ssrc:1234 cname:c

        """;
    private const string Session = "a=group:BUNDLE 0 1\na=extmap-allow-mixed\na=msid-semantic: WMS s\n";
    private const string Plain = "m=audio 6000 RTP/AVP 111 0\na=rtpmap:111 opus/48000/2\n";

    private static readonly string Line = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\n" + Transport + "a=mid:0\n" + Audio.ReplaceLineEndings("\n");
    private static readonly string VideoLine = "m=video 9 UDP/TLS/RTP/SAVPF 96\n" + Transport + "a=mid:1\na=rtcp-mux\na=rtpmap:96 VP8/90000\na=rtcp-fb:96 nack pli\n";

    private readonly NegotiationRig _rig = new();

    [Fact]
    public void A_browser_calls_a_phone()
    {
        var offer = _rig.Offer(MediaSide.A, Line, "a=group:BUNDLE 0\n");
        Assert.Equal("111 opus/48000 minptime=10;useinbandfec=1, 9 G722/8000, 0 PCMU/8000, 8 PCMA/8000, 18 G729/8000, 63 red/48000 111/111, 13 CN/8000, 110 telephone-event/48000, 126 telephone-event/8000", NegotiationRig.Formats(offer));
        Assert.Equal((SdpTransport.RtpAvp, "", 0), (offer.Media[0].Transport, offer.Media[0].Mid, offer.Bundles.Count));
        Assert.Empty(offer.Media[0].Others);
        Assert.Null(offer.Media[0].Ice);

        var answer = _rig.Answer(MediaSide.B, Plain);
        var media = answer.Media[0];
        Assert.Equal(("0", true, SdpTransport.DtlsSavpf, SdpSetup.Passive), (media.Mid, media.RtcpMux, media.Transport, media.Setup));
        Assert.True(answer.IsIceLite);
        Assert.Equal(["0"], answer.Bundles[0]);
        Assert.Equal([Contexts.Certificate], media.Fingerprints);
        Assert.Contains("a=candidate:1 1 UDP 2130706431 203.0.113.1 30000 typ host\na=end-of-candidates", NegotiationRig.Text(answer));
        Assert.False(media.Ice!.IsMismatch);

        var transport = _rig.Transport(MediaSide.A);
        var dtls = Assert.IsType<DtlsPlan>(transport.Security);
        Assert.False(dtls.IsClient);
        Assert.Equal(Contexts.Certificate.ToString(), dtls.Fingerprints[0].ToString());
        Assert.Equal(("aB3d", "0123456789abcdefghijklmn", media.Ice.Ufrag, media.Ice.Password), (transport.Ice!.RemoteUfrag, transport.Ice.RemotePassword, transport.Ice.LocalUfrag, transport.Ice.LocalPassword));
        Assert.True(transport.Rtp.IsUnspecified && transport.Mux && !transport.Ice.RemoteIsLite);
        Assert.True(_rig.Line().CanRelay && _rig.Line().A!.Sends && _rig.Line().A!.Receives);
    }

    [Fact]
    public void A_phone_calls_a_browser()
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { IsBrowser = true });
        var offer = _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000");
        var media = offer.Media[0];
        Assert.Equal("0 PCMU/8000, 8 PCMA/8000, 111 opus/48000 useinbandfec=1, 9 G722/8000, 18 G729/8000, 110 telephone-event/48000 0-15, 101 telephone-event/8000", NegotiationRig.Formats(offer));
        Assert.Equal((SdpTransport.DtlsSavpf, SdpSetup.ActPass, true, "0"), (media.Transport, media.Setup, media.RtcpMux, media.Mid));
        Assert.Equal(["0"], offer.Bundles[0]);
        Assert.NotEqual("", media.TlsId);
        Assert.False(_rig.Ports.Reserved[(0, MediaSide.B)].Rtcp);

        var answer = _rig.Answer(MediaSide.B, Line.Replace("actpass", "active", StringComparison.Ordinal), "a=group:BUNDLE 0\n");
        Assert.Equal((SdpTransport.RtpAvp, 0), (answer.Media[0].Transport, answer.Media[0].Fingerprints.Count));
        Assert.False(Assert.IsType<DtlsPlan>(_rig.Transport(MediaSide.B).Security).IsClient);
        Assert.Equal((media.Ice!.Ufrag, "aB3d"), (_rig.Transport(MediaSide.B).Ice!.LocalUfrag, _rig.Transport(MediaSide.B).Ice!.RemoteUfrag));

        // A later offer goes on with what is in force.
        var later = _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000\na=sendonly").Media[0];
        Assert.Equal((media.Ice.Ufrag, media.Ice.Password, media.TlsId, media.Mid, SdpTransport.DtlsSavpf), (later.Ice!.Ufrag, later.Ice.Password, later.TlsId, later.Mid, later.Transport));
    }

    // RFC 5506 §4.1, §5: RTCP of reduced size is for profiles with feedback, and for those who both say so.
    [Theory]
    [InlineData("RTP/AVPF", true, true, true, true)]
    [InlineData("RTP/AVPF", true, false, true, false)]
    [InlineData("RTP/AVPF", false, true, false, false)]
    [InlineData("RTP/AVP", true, true, false, false)]
    public void Reduced_rtcp_is_agreed_on_where_both_have_it(string protocol, bool offers, bool takes, bool isOffered, bool isAgreed)
    {
        const string Reduced = "a=rtcp-rsize\n";
        var video = $"m=video 9 UDP/TLS/RTP/SAVPF 96\n{Transport}a=mid:1\na=rtcp-mux\n{(offers ? Reduced : "")}a=rtpmap:96 VP8/90000\n";
        if (protocol == "RTP/AVP")
            video = video.Replace("m=video 9 UDP/TLS/RTP/SAVPF", "m=video 7000 RTP/AVP", StringComparison.Ordinal).Replace(Transport, "", StringComparison.Ordinal);
        var offer = _rig.Offer(MediaSide.A, Line + video, protocol == "RTP/AVP" ? "a=group:BUNDLE 0\n" : Session);
        var answer = _rig.Answer(MediaSide.B, $"{Plain}m=video 8000 {protocol} 96\na=rtpmap:96 VP8/90000\n{(takes ? Reduced : "")}");
        Assert.Equal((SdpTransport.RtpAvp, false), (offer.Media[0].Transport, offer.Media[0].ReducedRtcp));
        Assert.Equal((isOffered, isAgreed), (offer.Media[1].ReducedRtcp, answer.Media[1].ReducedRtcp));
    }

    // RFC 9143 §7.3: one transport for all lines of the group; the ports of the others are not used.
    [Fact]
    public void Bundled_lines_share_one_transport()
    {
        _rig.Offer(MediaSide.A, Line + VideoLine, Session);
        var answer = _rig.Answer(MediaSide.B, Plain + "m=video 8000 RTP/AVPF 96\na=rtpmap:96 VP8/90000");
        Assert.Equal(["0", "1"], answer.Bundles[0]);
        Assert.Equal(answer.Media[0].Port, answer.Media[1].Port);
        Assert.Equal((0, 0), (_rig.Line(0).A!.Transport, _rig.Line(1).A!.Transport));
        Assert.Equal((0, 1), (_rig.Line(0).B!.Transport, _rig.Line(1).B!.Transport));
        Assert.Null(_rig.Plan.TransportsA[1]);
        Assert.NotNull(_rig.Plan.Transport(1, MediaSide.A));
        Assert.True(answer.Media[1].RtcpMux);
        Assert.Equal((1, 0), (answer.Media[0].Fingerprints.Count, answer.Media[1].Fingerprints.Count));
        _rig.Session.ReleasePorts();
        Assert.DoesNotContain((1, MediaSide.A), _rig.Ports.Reserved.Keys);
    }

    // RFC 9143 §15, RFC 8285 §5: where lines share a transport we read which one a packet is of; alone a line needs no name.
    [Theory]
    [InlineData("extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", 4)]
    [InlineData("extmap:200/sendrecv urn:ietf:params:rtp-hdrext:sdes:mid", 200)]
    [InlineData("extmap:4/recvonly urn:ietf:params:rtp-hdrext:sdes:mid", 0)]
    [InlineData("extmap:0 urn:ietf:params:rtp-hdrext:sdes:mid", 0)]
    [InlineData("extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level", 0)]
    public void The_mid_of_packets_is_agreed_for_bundled_lines(string attribute, int expected)
    {
        var video = VideoLine + $"a={attribute}\n";
        _rig.Offer(MediaSide.A, Line.Replace("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\n", "", StringComparison.Ordinal) + video, Session);
        var answer = _rig.Answer(MediaSide.B, Plain + "m=video 8000 RTP/AVPF 96\na=rtpmap:96 VP8/90000");
        Assert.Equal((0, expected), (_rig.Line(0).A!.MidExtension, _rig.Line(1).A!.MidExtension));
        Assert.Equal(expected > 0, answer.Media[1].Others.Contains($"extmap:{expected}/recvonly urn:ietf:params:rtp-hdrext:sdes:mid"));

        _rig.Offer(MediaSide.A, Line, "a=group:BUNDLE 0\n");
        Assert.DoesNotContain(_rig.Answer(MediaSide.B, Plain).Media[0].Others, other => other.Contains("sdes:mid", StringComparison.Ordinal));
    }

    // RFC 9143 §7.3.3: the first of the group was refused, the next one has the transport.
    [Fact]
    public void A_refused_first_line_leaves_the_transport_to_the_next()
    {
        _rig.Offer(MediaSide.A, Line + VideoLine, Session);
        var answer = _rig.Answer(MediaSide.B, "m=audio 0 RTP/AVP 0\nm=video 8000 RTP/AVPF 96\na=rtpmap:96 VP8/90000");
        Assert.Equal(["1"], answer.Bundles[0]);
        Assert.Equal([true, false], answer.Media.Select(m => m.IsOff));
        Assert.Equal("0", answer.Media[0].Mid);
        Assert.Equal(1, _rig.Line(1).A!.Transport);
        Assert.NotNull(_rig.Transport(MediaSide.A, 1).Ice);
    }

    [Fact]
    public void Our_offer_bundles_what_a_browser_can_take_apart()
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { IsBrowser = true });
        var offer = _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\nm=video 7000 RTP/AVP 96\na=rtpmap:96 VP8/90000");
        Assert.Equal(["0", "1"], offer.Bundles[0]);
        Assert.True(offer.Media[1] is { IsBundleOnly: true, Port: 0 });

        // One number names one thing over the whole bundle (§9.1).
        Assert.Empty(offer.Media[0].Formats.Select(f => f.PayloadType).Intersect(offer.Media[1].Formats.Select(f => f.PayloadType)));
        var video = offer.Media[1].Formats[0].Token;
        _rig.Answer(MediaSide.B, Line.Replace("actpass", "active", StringComparison.Ordinal).Replace("111", "96", StringComparison.Ordinal) + VideoLine.Replace("96", video, StringComparison.Ordinal), Session);
        Assert.Equal((0, 0), (_rig.Line(0).B!.Transport, _rig.Line(1).B!.Transport));
        Assert.Equal(int.Parse(video, System.Globalization.CultureInfo.InvariantCulture), _rig.Line(1).AToB![96]);
        Assert.True(_rig.Line(1).CanRelay);
    }

    // A peer that knows nothing of bundles answers with lines of their own, and refuses what has none.
    [Fact]
    public void Who_does_not_bundle_refuses_the_other_line()
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { IsBrowser = true });
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\nm=video 7000 RTP/AVP 96\na=rtpmap:96 VP8/90000");
        var answer = _rig.Answer(MediaSide.B, Line.Replace("actpass", "active", StringComparison.Ordinal) + "m=video 0 UDP/TLS/RTP/SAVPF 96");
        Assert.True(answer.Media[1].IsOff);
        Assert.NotNull(_rig.Plan.Lines[0]);
        Assert.Null(_rig.Plan.Lines[1]);
    }

    // RFC 8839 §4.4.1.1.1: both credentials change, so ours do; the certificate and the association stay.
    [Fact]
    public void An_ice_restart_gets_new_credentials_and_nothing_else()
    {
        _rig.Offer(MediaSide.A, Line);
        var first = _rig.Answer(MediaSide.B, Plain).Media[0].Ice!;
        var identity = ((DtlsPlan)_rig.Transport(MediaSide.A).Security!).Identity;
        _rig.Offer(MediaSide.A, Line);
        Assert.Equal(first, _rig.Answer(MediaSide.B, Plain).Media[0].Ice);
        _rig.Offer(MediaSide.A, Line.Replace("aB3d", "wxyz", StringComparison.Ordinal).Replace("0123456789abcdefghijklmn", "nmlkjihgfedcba9876543210", StringComparison.Ordinal));
        var second = _rig.Answer(MediaSide.B, Plain).Media[0].Ice!;
        Assert.True(first.Ufrag != second.Ufrag && first.Password != second.Password);
        Assert.Equal(second.Ufrag, _rig.Transport(MediaSide.A).Ice!.LocalUfrag);
        Assert.Equal(identity, ((DtlsPlan)_rig.Transport(MediaSide.A).Security!).Identity);
    }

    // RFC 8842 §4: another certificate is another association.
    [Fact]
    public void Another_certificate_is_another_association()
    {
        _rig.Offer(MediaSide.A, Line);
        _rig.Answer(MediaSide.B, Plain);
        var identity = ((DtlsPlan)_rig.Transport(MediaSide.A).Security!).Identity;
        _rig.Offer(MediaSide.A, Line.Replace("00:01", "FF:01", StringComparison.Ordinal));
        _rig.Answer(MediaSide.B, Plain);
        Assert.NotEqual(identity, ((DtlsPlan)_rig.Transport(MediaSide.A).Security!).Identity);
    }

    // RFC 8842 §4: the phone of a transfer gets another certificate in its next session, which makes its association a new one; ICE starts
    // again (RFC 8839 §4.4.1.1.1), and the origin goes on (RFC 3264 §8).
    [Fact]
    public void Who_comes_from_another_session_is_shown_another_certificate()
    {
        _rig.Offer(MediaSide.A, Line);
        var first = _rig.Answer(MediaSide.B, Plain);
        var before = (DtlsPlan)_rig.Transport(MediaSide.A).Security!;
        Assert.Equal([Contexts.Certificate], first.Media[0].Fingerprints);
        Assert.Equal(0, before.Certificate);

        // As a transfer does it: what the browser said last is offered to the target, whose answer is offered to the browser.
        var next = new NegotiationRig(seed: 2);
        next.Offer(MediaSide.A, Line);
        next.Answer(MediaSide.B, Plain);
        next.Session.ContinueOrigin(MediaSide.A, _rig.Session, MediaSide.A);
        var offer = next.Offer(MediaSide.B, Plain);
        var media = offer.Media[0];
        Assert.Equal([Contexts.SecondCertificate], media.Fingerprints);
        Assert.Equal((SdpSetup.ActPass, first.Media[0].Mid), (media.Setup, media.Mid));
        Assert.True(media.Ice!.Ufrag != first.Media[0].Ice!.Ufrag && media.Ice.Password != first.Media[0].Ice!.Password);
        Assert.NotEqual(first.Media[0].TlsId, media.TlsId);

        next.Answer(MediaSide.A, Line.Replace("actpass", "active", StringComparison.Ordinal), "a=group:BUNDLE 0\n");
        var after = (DtlsPlan)next.Transport(MediaSide.A).Security!;
        Assert.Equal((1, false), (after.Certificate, after.IsClient));
        Assert.NotEqual(before.Identity, after.Identity);

        // Later offers go on with it, and a third session has the first one again.
        next.Offer(MediaSide.A, Line);
        Assert.Equal([Contexts.SecondCertificate], next.Answer(MediaSide.B, Plain).Media[0].Fingerprints);
        var third = new NegotiationRig(seed: 3);
        third.Session.ContinueOrigin(MediaSide.B, next.Session, MediaSide.A);
        third.Session.Expect(MediaSide.B, new LegPolicy { IsBrowser = true });
        Assert.Equal([Contexts.Certificate], third.Offer(MediaSide.A, Plain).Media[0].Fingerprints);
    }

    // RFC 5763 §5, RFC 8842 §5.3: we wait for the ClientHello, unless the peer waits.
    [Theory]
    [InlineData("actpass", false, SdpSetup.Passive)]
    [InlineData("active", false, SdpSetup.Passive)]
    [InlineData("passive", true, SdpSetup.Active)]
    public void The_role_in_dtls_follows_the_offer(string setup, bool isClient, SdpSetup expected)
    {
        // A phone with DTLS and without ICE.
        _rig.Offer(MediaSide.A, $"m=audio 5000 UDP/TLS/RTP/SAVP 0\na=fingerprint:sha-256 {Hash}\na=setup:{setup}\na=tls-id:12345678901234567890");
        var answer = _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0");
        Assert.Equal((expected, SdpTransport.DtlsSavp), (answer.Media[0].Setup, answer.Media[0].Transport));
        Assert.NotEqual("", answer.Media[0].TlsId);
        Assert.Equal(isClient, ((DtlsPlan)_rig.Transport(MediaSide.A).Security!).IsClient);
        Assert.Null(_rig.Transport(MediaSide.A).Ice);
        Assert.Equal("192.0.2.1:5000", _rig.Transport(MediaSide.A).Rtp.ToString());
    }

    [Theory]
    [InlineData("a=setup:holdconn\na=fingerprint:sha-256 " + Hash, SrtpPolicy.Offered)]
    [InlineData("a=setup:actpass", SrtpPolicy.Offered)]
    [InlineData("a=setup:actpass\na=fingerprint:md5 00:01", SrtpPolicy.Offered)]
    [InlineData("a=setup:actpass\na=fingerprint:sha-256 00:01", SrtpPolicy.Offered)]
    [InlineData("a=setup:actpass\na=fingerprint:sha-256 " + Hash, SrtpPolicy.Never)]
    public void Without_a_certificate_that_can_be_checked_there_is_no_media(string attributes, SrtpPolicy policy)
    {
        _rig.Session.Expect(MediaSide.A, new LegPolicy { Srtp = policy });
        var refused = _rig.Session.Offer(MediaSide.A, NegotiationRig.Sdp(MediaSide.A, "m=audio 5000 UDP/TLS/RTP/SAVPF 0\n" + attributes));
        Assert.Equal(MediaError.NotAcceptable, _rig.Refused(refused));
    }

    // RFC 8839 §5.4: somebody between has changed the address; then it is a call without ICE.
    [Fact]
    public void An_address_that_is_no_candidate_ends_ice()
    {
        const string Ice = "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\n";
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\n" + Ice + "a=candidate:1 1 UDP 1 198.51.100.1 5000 typ host");
        var text = NegotiationRig.Text(_rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0"));
        Assert.Contains("a=ice-mismatch", text);
        Assert.DoesNotContain("ice-ufrag", text);
        Assert.Null(_rig.Transport(MediaSide.A).Ice);

        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\n" + Ice + "a=candidate:1 1 UDP 1 192.0.2.1 5000 typ host");
        Assert.Contains("a=candidate:1 2 UDP 2130706430 203.0.113.1 30001 typ host", NegotiationRig.Text(_rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0")));
        Assert.NotNull(_rig.Transport(MediaSide.A).Ice);
    }

    // Two lite agents: media goes where the SDP says (RFC 8445 §6.1.1).
    [Fact]
    public void A_lite_peer_is_told_apart()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\na=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=candidate:1 1 UDP 1 192.0.2.1 5000 typ host", "a=ice-lite\n");
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0");
        Assert.True(_rig.Transport(MediaSide.A).Ice!.RemoteIsLite);
        Assert.Equal(5000, _rig.Transport(MediaSide.A).Rtp.Port);
    }

    // A browser and a desk phone of one number ring together; the offers differ, and so do the answers.
    [Fact]
    public void Each_kind_of_phone_gets_its_own_offer()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0");
        _rig.Session.Expect(MediaSide.B, new LegPolicy { IsBrowser = true });
        var toBrowser = NegotiationRig.Read(_rig.Session.OpenOffer(MediaSide.B));
        Assert.Equal(SdpTransport.DtlsSavpf, toBrowser.Media[0].Transport);
        Assert.Equal(toBrowser.Bytes.ToArray(), _rig.Session.OpenOffer(MediaSide.B).Sdp.ToArray());
        _rig.Session.Expect(MediaSide.B, new LegPolicy());
        Assert.Equal(SdpTransport.RtpAvp, NegotiationRig.Read(_rig.Session.OpenOffer(MediaSide.B)).Media[0].Transport);
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0");
        Assert.Null(_rig.Transport(MediaSide.B).Security);
        _rig.Session.Expect(MediaSide.B, new LegPolicy { IsBrowser = true });
        _rig.Answer(MediaSide.B, Line.Replace("actpass", "active", StringComparison.Ordinal));
        Assert.IsType<DtlsPlan>(_rig.Transport(MediaSide.B).Security);
        Assert.Equal(MediaError.WrongState, _rig.Session.OpenOffer(MediaSide.A).Error);
    }
}
