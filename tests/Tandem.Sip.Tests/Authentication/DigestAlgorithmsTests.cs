using Tandem.Sip.Authentication;

namespace Tandem.Sip.Tests.Authentication;

public sealed class DigestAlgorithmsTests
{
    [Theory]
    [InlineData("MD5", "MD5")]
    [InlineData("sha-256", "SHA-256")]
    [InlineData(" md5 , SHA-256", "MD5,SHA-256")]
    [InlineData("SHA-256,MD5", "SHA-256,MD5")]
    public void Lists_are_read_in_order(string text, string expected)
    {
        Assert.True(DigestAlgorithms.TryParse(text, out var algorithms));
        Assert.Equal(expected, algorithms.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("MD5,")]
    [InlineData("MD5,MD5")]
    [InlineData("MD5,SHA-256,MD5")]
    [InlineData("SHA-512-256")]
    [InlineData("MD5-sess")]
    public void Other_texts_are_refused(string text) => Assert.False(DigestAlgorithms.TryParse(text, out _));
}
