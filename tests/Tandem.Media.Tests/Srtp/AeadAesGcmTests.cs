using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Srtp;

// The vectors of RFC 7714 §16 and §17; they give session keys, so the key derivation is not part of them.
public class AeadAesGcmTests
{
    private const string Salt = "517569642070726f2071756f";
    private const string Key128 = "000102030405060708090a0b0c0d0e0f";
    private const string Key256 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private const string Rtp =
        "8040f17b8041f8d35501a0b2" + "47616c6c696120657374206f6d6e697320646976697361" + "20696e207061727465732074726573";

    private const string Rtcp =
        "81c8000d4d617273" + "4e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";

    private const uint RtpSsrc = 0x5501A0B2;
    private const uint RtcpSsrc = 0x4D617273;
    private const ulong Index = 0xF17B;

    public static TheoryData<string, int, string> RtpVectors => new()
    {
        // §16.1.1, §16.1.2: encrypted; §16.1.3, §16.1.4: all of it in the clear.
        { Key128, 12, "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce" },
        { Key128, 50, Rtp + "22493f82d2bce397e9d79e3b19aa4216" },
        // §16.2.1 to §16.2.4.
        { Key256, 12, "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13" },
        { Key256, 50, Rtp + "a866d5910f887463067ceefec45215d4" },
    };

    public static TheoryData<string, uint, string> RtcpVectors => new()
    {
        // §17.1, §17.2: encrypted.
        { Key128, 0x800005D4, "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4" },
        { Key256, 0x800005D4, "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4" },
        // §17.3, §17.4: tagged only.
        { Key128, 0x000005D4, Rtcp + "841dd9683dd78ec92ae58790125f62b3000005d4" },
        { Key256, 0x000005D4, Rtcp + "91db4afbfeee5a978fab4393ed2615fe000005d4" },
    };

    [Theory, MemberData(nameof(RtpVectors))]
    public void Rtp_is_protected_and_taken_as_the_vectors_say(string key, int clear, string expected)
    {
        using var suite = AeadAesGcm.FromSessionKeys(Convert.FromHexString(key), Convert.FromHexString(Salt));
        var plain = Convert.FromHexString(Rtp);
        var packet = new byte[plain.Length + suite.RtpTagLength];
        plain.CopyTo(packet, 0);

        suite.ProtectRtp(packet, clear, RtpSsrc, Index);
        Assert.Equal(expected, Convert.ToHexStringLower(packet));

        Assert.True(suite.UnprotectRtp(packet, clear, RtpSsrc, Index));
        Assert.Equal(plain, packet[..plain.Length]);
    }

    [Theory, MemberData(nameof(RtcpVectors))]
    public void Rtcp_is_protected_and_taken_as_the_vectors_say(string key, uint word, string expected)
    {
        using var suite = AeadAesGcm.FromSessionKeys(Convert.FromHexString(key), Convert.FromHexString(Salt));
        var plain = Convert.FromHexString(Rtcp);
        var packet = Convert.FromHexString(expected);
        plain.CopyTo(packet, 0);

        suite.ProtectRtcp(packet, RtcpSsrc, word);
        Assert.Equal(expected, Convert.ToHexStringLower(packet));

        Assert.True(suite.UnprotectRtcp(packet, RtcpSsrc, word));
        Assert.Equal(plain, packet[..plain.Length]);
    }

    [Theory, MemberData(nameof(RtpVectors))]
    public void A_changed_bit_anywhere_is_refused_and_the_packet_stays(string key, int clear, string expected)
    {
        using var suite = AeadAesGcm.FromSessionKeys(Convert.FromHexString(key), Convert.FromHexString(Salt));
        var good = Convert.FromHexString(expected);
        for (var bit = 0; bit < good.Length * 8; bit++)
        {
            var packet = good.ToArray();
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            var bad = packet.ToArray();

            Assert.False(suite.UnprotectRtp(packet, clear, RtpSsrc, Index));
            Assert.Equal(bad, packet);
        }

        Assert.True(suite.UnprotectRtp(good, clear, RtpSsrc, Index));
    }
}
