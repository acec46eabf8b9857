using System.Security.Cryptography;
using System.Text;
using Tandem.Storage.Security;

namespace Tandem.Storage.Tests.Security;

public sealed class TotpTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 4226 Appendix D.
    [Theory]
    [InlineData(0, "755224")]
    [InlineData(1, "287082")]
    [InlineData(2, "359152")]
    [InlineData(3, "969429")]
    [InlineData(4, "338314")]
    [InlineData(5, "254676")]
    [InlineData(6, "287922")]
    [InlineData(7, "162583")]
    [InlineData(8, "399871")]
    [InlineData(9, "520489")]
    public void Hotp_gives_the_values_of_the_rfc(long counter, string code) => Assert.Equal(code, Totp.Hotp(Key, counter, 6, HashAlgorithmName.SHA1));

    // RFC 6238 Appendix B; the seeds of the longer hashes are as long as these (its erratum 2866 and the code of Appendix A).
    [Theory]
    [InlineData(59, "94287082", "46119246", "90693936")]
    [InlineData(1111111109, "07081804", "68084774", "25091201")]
    [InlineData(1111111111, "14050471", "67062674", "99943326")]
    [InlineData(1234567890, "89005924", "91819424", "93441116")]
    [InlineData(2000000000, "69279037", "90698825", "38618901")]
    [InlineData(20000000000, "65353130", "77737706", "47863826")]
    public void Totp_gives_the_values_of_the_rfc(long seconds, string sha1, string sha256, string sha512)
    {
        var step = Totp.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds));
        Assert.Equal(sha1, Totp.Hotp(Seed(20), step, 8, HashAlgorithmName.SHA1));
        Assert.Equal(sha256, Totp.Hotp(Seed(32), step, 8, HashAlgorithmName.SHA256));
        Assert.Equal(sha512, Totp.Hotp(Seed(64), step, 8, HashAlgorithmName.SHA512));
    }

    // RFC 6238 §5.2: one step of delay is accepted, and no code twice.
    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_code_is_accepted_one_step_around_the_present(int steps, bool accepted)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_111_111_111);
        var code = Totp.Hotp(Key, Totp.StepOf(now) + steps, 6, HashAlgorithmName.SHA1);
        Assert.Equal(accepted ? Totp.StepOf(now) + steps : null, Totp.Match(Key, code, now, 0));
        Assert.Null(Totp.Match(Key, code, now, Totp.StepOf(now) + steps));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("12345é")]
    [InlineData("000000")]
    public void What_is_no_code_of_the_time_is_refused(string code) => Assert.Null(Totp.Match(Key, code, DateTimeOffset.FromUnixTimeSeconds(59), 0));

    // RFC 4648 §10, without the padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_is_written_and_read(string plain, string text)
    {
        Assert.Equal(text, Base32.Encode(Encoding.ASCII.GetBytes(plain)));
        Assert.Equal(plain, Encoding.ASCII.GetString(Base32.Decode(text)!));
        Assert.Null(Base32.Decode(text + "1"));
    }

    private static byte[] Seed(int length) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1234567890", 7)))[..length];
}
