using System.Security.Cryptography;
using System.Text;
using Tandem.Sip.Authentication;

namespace Tandem.Sip.Tests.Authentication;

public class Md5Tests
{
    // RFC 1321 appendix A.5
    [Theory]
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("a", "0cc175b9c0f1b6a831c399e269772661")]
    [InlineData("abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a")]
    public void HashData_GivesTheVectorsOfTheRfc(string text, string expected)
    {
        var hash = new byte[Md5.HashLength];
        Assert.Equal(Md5.HashLength, Md5.HashData(Encoding.ASCII.GetBytes(text), hash));
        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    // Every length around the padding of one, two and three blocks.
    [Fact]
    public void HashData_AgreesWithThePlatformForEveryLength()
    {
        var data = new byte[200];
        new Random(1).NextBytes(data);
        var hash = new byte[Md5.HashLength];
        for (var length = 0; length <= data.Length; length++)
        {
            Md5.HashData(data.AsSpan(0, length), hash);
#pragma warning disable CA5351 // the algorithm under test
            Assert.Equal(MD5.HashData(data.AsSpan(0, length)), hash);
#pragma warning restore CA5351
        }
    }
}
