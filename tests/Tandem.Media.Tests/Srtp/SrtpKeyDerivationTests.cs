using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Srtp;

public class SrtpKeyDerivationTests
{
    // RFC 3711 appendix B.3.
    [Theory]
    [InlineData(SrtpKeyDerivation.RtpEncryption, "C61E7A93744F39EE10734AFE3FF7A087")]
    [InlineData(SrtpKeyDerivation.RtpSalt, "30CBBC08863D8C85D49DB34A9AE1")]
    [InlineData(
        SrtpKeyDerivation.RtpAuthentication,
        "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF7227098"
        + "6371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2")]
    public void Derives_the_keys_of_the_vectors_for_128_bits(byte label, string expected)
    {
        var master = new SrtpKey(Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139"), Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6"));
        var derived = new byte[expected.Length / 2];

        SrtpKeyDerivation.Derive(master, label, derived);

        Assert.Equal(expected, Convert.ToHexString(derived));
    }

    // RFC 6188 §7.2: AES_256_CM_PRF.
    [Theory]
    [InlineData(SrtpKeyDerivation.RtpEncryption, "5BA1064E30EC51613CAD926C5A28EF731EC7FB397F70A960653CAF06554CD8C4")]
    [InlineData(SrtpKeyDerivation.RtpSalt, "FA31791685CA444A9E07C6C64E93")]
    [InlineData(SrtpKeyDerivation.RtpAuthentication, "FD9C32D39ED5FBB5A9DC96B30818454D1313DC05")]
    public void Derives_the_keys_of_the_vectors_for_256_bits(byte label, string expected)
    {
        var master = new SrtpKey(
            Convert.FromHexString("F0F04914B513F2763A1B1FA130F10E2998F6F6E43E4309D1E622A0E332B9F1B6"),
            Convert.FromHexString("3B04803DE51EE7C96423AB5B78D2"));
        var derived = new byte[expected.Length / 2];

        SrtpKeyDerivation.Derive(master, label, derived);

        Assert.Equal(expected, Convert.ToHexString(derived));
    }
}
