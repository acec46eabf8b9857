using System.Text;
using Tandem.Core.Privacy;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Srtp;

public class CryptoAttributeTests
{
    private const string Key80 = "inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";

    // RFC 4568 §4.5, §6.1, §7.1.5 and the start of §4: all examples with a suite that we speak.
    [Theory]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:32", 1, SrtpProfile.AesCm128HmacSha1Tag80, "=-n@%^x!Bjuf", 32)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32", 1, SrtpProfile.AesCm128HmacSha1Tag80, "wDfvg&T+)xG7", 32)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_32 inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj|2^20|1:32", 1, SrtpProfile.AesCm128HmacSha1Tag32, "70xwPH5@/,L:", 32)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4", 1, SrtpProfile.AesCm128HmacSha1Tag80, "wDfvg&T+)xG7", 4)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:YUJDZGVmZ2hpSktMbW9QUXJzVHVWd3l6MTIzNDU2|1066:4", 1, SrtpProfile.AesCm128HmacSha1Tag80, "aBCdefghiJKL", 4)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 FEC_ORDER=FEC_SRTP", 1, SrtpProfile.AesCm128HmacSha1Tag80, "YS___semctl ", 4)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:4", 1, SrtpProfile.AesCm128HmacSha1Tag80, "=-n@%^x!Bjuf", 4)]
    public void Reads_the_examples(string text, int tag, SrtpProfile profile, string keyStart, int identifierLength)
    {
        Assert.True(Parse(text, out var attribute, out var problem), problem);
        Assert.Equal(tag, attribute!.Tag);
        Assert.Equal(profile, attribute.Profile);
        Assert.True(attribute.Key.Fits(profile));
        Assert.StartsWith(keyStart, Encoding.Latin1.GetString(attribute.Key.Key.Span), StringComparison.Ordinal);
        Assert.Equal(identifierLength, attribute.Key.Identifier.Length);
    }

    [Fact]
    public void An_identifier_is_a_big_endian_number()
    {
        Assert.True(Parse("1 AES_CM_128_HMAC_SHA1_80 inline:YUJDZGVmZ2hpSktMbW9QUXJzVHVWd3l6MTIzNDU2|1066:4", out var attribute, out _));
        Assert.Equal([0, 0, 4, 42], attribute!.Key.Identifier.ToArray());
    }

    [Theory]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80)]
    [InlineData("999999999  aes_cm_128_hmac_sha1_80\t" + Key80 + "  ")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_32 " + Key80 + "|1048576")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_32 " + Key80 + "|2^48")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + " KDR=0 WSH=128 -FUTURE=1")]
    [InlineData("2 AEAD_AES_128_GCM inline:AAECAwQFBgcICQoLDA0OD1F1aWQgcHJvIHF1bw==")]
    [InlineData("2 AEAD_AES_128_GCM inline:AAECAwQFBgcICQoLDA0OD1F1aWQgcHJvIHF1bw")]
    [InlineData("2 AEAD_AES_256_GCM inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9RdWlkIHBybyBxdW8=")]
    public void Takes_what_we_can_do(string text) => Assert.True(Parse(text, out _, out var problem), problem);

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80")]
    [InlineData("01 AES_CM_128_HMAC_SHA1_80 " + Key80)]
    [InlineData("+1 AES_CM_128_HMAC_SHA1_80 " + Key80)]
    [InlineData("1000000000 AES_CM_128_HMAC_SHA1_80 " + Key80)]
    [InlineData("99999999999999999999999 AES_CM_128_HMAC_SHA1_80 " + Key80)]
    [InlineData("x AES_CM_128_HMAC_SHA1_80 " + Key80)]
    [InlineData("1 F8_128_HMAC_SHA1_80 " + Key80)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80_AND_SOMETHING_VERY_LONG_BEHIND " + Key80)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 uri:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVB")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBRR")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVB*")]
    [InlineData("1 AEAD_AES_256_GCM " + Key80)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + ";" + Key80)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|1:4;" + Key80 + "|2:4")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|0")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|020")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|2^49")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|2^")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|281474976710657")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|1:0")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|1:33")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|1:129")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|256:1")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|01:4")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|2^20|1:4|1:4")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + "|2^20|1")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + " UNENCRYPTED_SRTP")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + " UNENCRYPTED_SRTCP")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + " UNAUTHENTICATED_SRTP")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + " KDR=24")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + " FEC_ORDER=SRTP_FEC")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + " FEC_KEY=" + Key80)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + " WSH=x")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 " + Key80 + " FUTURE=1")]
    public void Refuses_what_is_invalid_or_weak_and_says_why_without_the_key(string text)
    {
        Assert.False(Parse(text, out var attribute, out var problem));
        Assert.Null(attribute);
        Assert.StartsWith("a=crypto: ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("PS1u", problem, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SrtpSamples.Profiles), MemberType = typeof(SrtpSamples))]
    public void What_is_written_reads_as_the_same(SrtpProfile profile)
    {
        foreach (var identifier in new byte[][] { [], [7], [0, 0, 4, 42], [255, 255, 255, 255, 255, 255, 255, 255], [.. new byte[31], 1] })
        {
            var key = SrtpKey.Create(profile, new SecureRandom()) with { Identifier = identifier };
            var attribute = new CryptoAttribute(3, profile, key);

            Assert.True(Parse(attribute.Write(), out var again, out var problem), problem);

            Assert.Equal(attribute, again);
            Assert.StartsWith("3 " + profile.SuiteName() + " inline:", attribute.Write(), StringComparison.Ordinal);
            Assert.Equal("3 " + profile.SuiteName(), attribute.ToString());
        }
    }

    [Fact]
    public void Two_keys_are_never_the_same() =>
        Assert.NotEqual(SrtpKey.Create(SrtpProfile.AeadAes256Gcm, new SecureRandom()), SrtpKey.Create(SrtpProfile.AeadAes256Gcm, new SecureRandom()));

    private static bool Parse(string text, out CryptoAttribute? attribute, out string? problem) =>
        CryptoAttribute.TryParse(Encoding.ASCII.GetBytes(text), out attribute, out problem);
}
