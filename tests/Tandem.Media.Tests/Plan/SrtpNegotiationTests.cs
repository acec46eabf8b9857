using Tandem.Media.Plan;
using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Plan;

/// <summary>Keys in SDP (RFC 4568) by the policy of each side.</summary>
public sealed class SrtpNegotiationTests
{
    private const string Crypto80 = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 " + NegotiationRig.Key1 + "\n";
    private const string Crypto32 = "a=crypto:2 AES_CM_128_HMAC_SHA1_32 " + NegotiationRig.Key2 + "\n";
    private const string Secure = "m=audio 5000 RTP/SAVP 0\n";
    private const string Plain = "m=audio 6000 RTP/AVP 0\n";

    private readonly NegotiationRig _rig = new();

    private static string KeyOf(SdpDocument document) => document.Media[0].Crypto[0].Split(' ')[2];

    private SdesPlan Sdes(MediaSide side) => Assert.IsType<SdesPlan>(_rig.Transport(side).Security);

    // RFC 4568 §5.1.2: exactly one, the first that we can use, with its tag and suite.
    [Theory]
    [InlineData(Crypto80 + Crypto32, "1 AES_CM_128_HMAC_SHA1_80", SrtpProfile.AesCm128HmacSha1Tag80)]
    [InlineData(Crypto32 + Crypto80, "2 AES_CM_128_HMAC_SHA1_32", SrtpProfile.AesCm128HmacSha1Tag32)]
    [InlineData("a=crypto:9 F8_128_HMAC_SHA1_80 " + NegotiationRig.Key1 + "\n" + Crypto32, "2 AES_CM_128_HMAC_SHA1_32", SrtpProfile.AesCm128HmacSha1Tag32)]
    [InlineData("a=crypto:7 AES_CM_128_HMAC_SHA1_80 " + NegotiationRig.Key1 + " UNENCRYPTED_SRTP\n" + Crypto32, "2 AES_CM_128_HMAC_SHA1_32", SrtpProfile.AesCm128HmacSha1Tag32)]
    public void The_first_usable_key_of_an_offer_is_taken(string offered, string expected, SrtpProfile profile)
    {
        Assert.Empty(_rig.Offer(MediaSide.A, Secure + offered).Media[0].Crypto);
        var answer = _rig.Answer(MediaSide.B, Plain);
        Assert.StartsWith(expected + " inline:", Assert.Single(answer.Media[0].Crypto));
        Assert.Equal(SdpTransport.RtpSavp, answer.Media[0].Transport);
        Assert.Equal(profile, Sdes(MediaSide.A).Profile);
        Assert.True(CryptoAttribute.TryParse(System.Text.Encoding.ASCII.GetBytes(answer.Media[0].Crypto[0]), out var own, out _));
        Assert.Equal(own.Key, Sdes(MediaSide.A).Outbound);
        Assert.NotEqual(own.Key, Sdes(MediaSide.A).Inbound);
        Assert.Null(_rig.Transport(MediaSide.B).Security);
    }

    [Theory]
    [InlineData(SrtpPolicy.Never, Secure + Crypto80, MediaError.NotAcceptable)]
    [InlineData(SrtpPolicy.Never, Plain + Crypto80, MediaError.None)]
    [InlineData(SrtpPolicy.Never, Plain, MediaError.None)]
    [InlineData(SrtpPolicy.Offered, Secure + Crypto80, MediaError.None)]
    [InlineData(SrtpPolicy.Offered, Secure, MediaError.NotAcceptable)]
    [InlineData(SrtpPolicy.Offered, Plain, MediaError.None)]
    [InlineData(SrtpPolicy.Required, Secure + Crypto80, MediaError.None)]
    [InlineData(SrtpPolicy.Required, Plain + Crypto80, MediaError.None)]
    [InlineData(SrtpPolicy.Required, Plain, MediaError.NotAcceptable)]
    [InlineData(SrtpPolicy.Required, "m=audio 5000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:short", MediaError.NotAcceptable)]
    public void Offers_are_judged_by_policy(SrtpPolicy policy, string offered, MediaError expected)
    {
        _rig.Session.Expect(MediaSide.A, new LegPolicy { Srtp = policy });
        Assert.Equal(expected, _rig.Session.Offer(MediaSide.A, NegotiationRig.Sdp(MediaSide.A, offered)).Error);
    }

    // Keys beside a plain profile (RFC 8643): used where the policy lets them.
    [Theory]
    [InlineData(SrtpPolicy.Never, false)]
    [InlineData(SrtpPolicy.Offered, true)]
    public void Keys_on_a_plain_profile_are_used_if_allowed(SrtpPolicy policy, bool expected)
    {
        _rig.Session.Expect(MediaSide.A, new LegPolicy { Srtp = policy });
        _rig.Offer(MediaSide.A, Plain + Crypto80);
        var answer = _rig.Answer(MediaSide.B, Plain);
        Assert.Equal(SdpTransport.RtpAvp, answer.Media[0].Transport);
        Assert.Equal((expected, expected ? 1 : 0), (_rig.Transport(MediaSide.A).Security is SdesPlan, answer.Media[0].Crypto.Count));
    }

    [Theory]
    [InlineData(SrtpPolicy.Never, true, SdpTransport.RtpAvp, 0)]
    [InlineData(SrtpPolicy.Offered, false, SdpTransport.RtpAvp, 0)]
    [InlineData(SrtpPolicy.Offered, true, SdpTransport.RtpAvp, 4)]
    [InlineData(SrtpPolicy.Required, false, SdpTransport.RtpSavp, 4)]
    public void Our_offers_follow_the_policy(SrtpPolicy policy, bool offersKeys, SdpTransport transport, int keys)
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { Srtp = policy, OffersKeys = offersKeys });
        var offer = _rig.Offer(MediaSide.A, Plain);
        Assert.Equal((transport, keys), (offer.Media[0].Transport, offer.Media[0].Crypto.Count));

        // RFC 4568 §5.1.1, §6.1: each tag and each key is unique.
        Assert.Equal(keys, offer.Media[0].Crypto.Select(c => c.Split(' ')[0]).Distinct().Count());
        Assert.Equal(keys, offer.Media[0].Crypto.Select(c => c.Split(' ')[2]).Distinct().Count());
    }

    // RFC 4568 §5.1.3: the answer repeats tag and suite of an offered one, with a key of its own.
    [Theory]
    [InlineData("m=audio 6000 RTP/SAVP 0\n" + Crypto80, true)]
    [InlineData("m=audio 6000 RTP/SAVP 0\n" + Crypto32, true)]
    [InlineData("m=audio 6000 RTP/SAVP 0\na=crypto:2 AES_CM_128_HMAC_SHA1_80 " + NegotiationRig.Key1, false)]
    [InlineData("m=audio 6000 RTP/SAVP 0\n", false)]
    [InlineData("m=audio 6000 RTP/AVP 0\n", false)]
    public void An_answer_to_a_secure_offer_has_one_of_its_keys(string answer, bool expected)
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { Srtp = SrtpPolicy.Required });
        _rig.Offer(MediaSide.A, Plain);
        var result = _rig.Session.Answer(MediaSide.B, NegotiationRig.Sdp(MediaSide.B, answer));
        Assert.Equal(expected ? MediaError.None : MediaError.NotAcceptable, result.Error);
        Assert.Equal(expected, _rig.Plan.Lines.Count > 0 && _rig.Transport(MediaSide.B).Security is SdesPlan);
    }

    [Theory]
    [InlineData(Crypto80, true)]
    [InlineData("", false)]
    public void Best_effort_becomes_what_the_answer_says(string keys, bool expected)
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { OffersKeys = true });
        _rig.Offer(MediaSide.A, Plain);
        _rig.Answer(MediaSide.B, Plain + keys);
        Assert.Equal(expected, _rig.Transport(MediaSide.B).Security is SdesPlan);
    }

    [Fact]
    public void What_is_required_is_never_lost()
    {
        _rig.Session.Expect(MediaSide.A, new LegPolicy { Srtp = SrtpPolicy.Required });
        _rig.Session.Expect(MediaSide.B, new LegPolicy { Srtp = SrtpPolicy.Required });
        _rig.Offer(MediaSide.A, Secure + Crypto80);
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/SAVP 0\n" + Crypto80);
        var plan = _rig.Plan;

        // A later plain offer, of either side, and a later plain answer.
        foreach (var side in new[] { MediaSide.A, MediaSide.B })
            Assert.Equal(MediaError.NotAcceptable, _rig.Refused(_rig.Session.Offer(side, NegotiationRig.Sdp(side, Plain))));
        Assert.Equal(SdpTransport.RtpSavp, _rig.Offer(MediaSide.A, Secure + Crypto80).Media[0].Transport);
        Assert.Equal(MediaError.NotAcceptable, _rig.Refused(_rig.Session.Answer(MediaSide.B, NegotiationRig.Sdp(MediaSide.B, Plain))));
        _rig.Session.Abandon();
        Assert.Same(plan, _rig.Plan);

        // Another line that is plain beside the secure one is refused by itself.
        var offer = _rig.Offer(MediaSide.A, Secure + Crypto80 + "m=video 7000 RTP/AVP 96");
        Assert.Equal([false, true], offer.Media.Select(m => m.IsOff));
    }

    // RFC 4568 §7.1.4: keys stay while the peer's stays, so that nothing starts again; a new one is answered by a new one.
    [Fact]
    public void Keys_stay_until_the_peer_changes_its_own()
    {
        _rig.Offer(MediaSide.A, Secure + Crypto80);
        var first = KeyOf(_rig.Answer(MediaSide.B, Plain));
        Assert.Equal(first, KeyOf(_rig.Answer(MediaSide.B, Plain)));
        _rig.Offer(MediaSide.A, Secure + Crypto80 + "a=sendonly");
        Assert.Equal(first, KeyOf(_rig.Answer(MediaSide.B, Plain + "a=recvonly")));
        var ours = _rig.Offer(MediaSide.B, Plain);
        Assert.Equal(first, ours.Media[0].Crypto.Single(c => c.Contains("SHA1_80", StringComparison.Ordinal)).Split(' ')[2]);
        _rig.Answer(MediaSide.A, Secure + Crypto80);
        Assert.Equal(first, "inline:" + Convert.ToBase64String([.. Sdes(MediaSide.A).Outbound.Key.Span, .. Sdes(MediaSide.A).Outbound.Salt.Span]));

        _rig.Offer(MediaSide.A, Secure + Crypto80.Replace(NegotiationRig.Key1, NegotiationRig.Key2, StringComparison.Ordinal));
        var second = KeyOf(_rig.Answer(MediaSide.B, Plain));
        Assert.NotEqual(first, second);
        Assert.NotEqual(Sdes(MediaSide.A).Inbound, Sdes(MediaSide.A).Outbound);
    }

    [Fact]
    public void Each_side_has_its_own_keys_and_each_line_too()
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { Srtp = SrtpPolicy.Required });
        var offer = _rig.Offer(MediaSide.A, Secure + Crypto80 + "m=video 7000 RTP/SAVPF 96\na=crypto:1 AES_CM_128_HMAC_SHA1_80 " + NegotiationRig.Key2);
        var keys = offer.Media.SelectMany(m => m.Crypto).Select(c => c.Split(' ')[2]).ToList();
        Assert.Equal(8, keys.Distinct().Count());
        Assert.Equal([SdpTransport.RtpSavp, SdpTransport.RtpSavpf], offer.Media.Select(m => m.Transport));
        Assert.DoesNotContain(NegotiationRig.Key1, keys);
        Assert.DoesNotContain(NegotiationRig.Key2, keys);
    }

    // RFC 3711 §9.1: contexts end with the line, so its key must not come again.
    [Theory]
    [InlineData(Plain)]
    [InlineData("m=audio 0 RTP/SAVP 0\n")]
    public void A_line_that_was_plain_or_off_gets_another_key(string meanwhile)
    {
        _rig.Offer(MediaSide.A, Secure + Crypto80);
        var first = KeyOf(_rig.Answer(MediaSide.B, Plain));
        _rig.Offer(MediaSide.A, meanwhile);
        _rig.Answer(MediaSide.B, meanwhile.Contains(" 0 RTP") ? "m=audio 0 RTP/AVP 0" : Plain);
        _rig.Offer(MediaSide.A, Secure + Crypto80);
        Assert.NotEqual(first, KeyOf(_rig.Answer(MediaSide.B, Plain)));
    }

    [Fact]
    public void Nothing_of_a_key_is_printed()
    {
        _rig.Offer(MediaSide.A, Secure + Crypto80);
        _rig.Answer(MediaSide.B, Plain);
        Assert.DoesNotContain(NegotiationRig.Key1[7..], _rig.Plan.TransportsA[0]!.ToString());
        Assert.DoesNotContain("inline", _rig.Plan.TransportsA[0]!.ToString());
    }
}
