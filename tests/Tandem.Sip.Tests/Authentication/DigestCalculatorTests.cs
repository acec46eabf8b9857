using System.Text;
using Tandem.Sip.Authentication;

namespace Tandem.Sip.Tests.Authentication;

public sealed class DigestCalculatorTests
{
    // The published examples: RFC 7616 §3.9.1 (both algorithms) and RFC 2617 §3.5.
    [Theory]
    [InlineData(
        DigestAlgorithm.Md5, "http-auth@example.org", "Circle of Life", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData(
        DigestAlgorithm.Sha256, "http-auth@example.org", "Circle of Life", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    [InlineData(
        DigestAlgorithm.Md5, "testrealm@host.com", "Circle Of Life", "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        "0a4f113b", "6629fae49393a05397450978507c4ef1")]
    public void Published_examples_come_out_exactly(
        DigestAlgorithm algorithm, string realm, string secret, string nonce, string clientNonce, string expected)
    {
        Assert.Equal(
            expected,
            TestDigest.Response(algorithm, "Mufasa", realm, secret, "GET", "/dir/index.html", nonce, "00000001", clientNonce, "auth"));
    }

    // RFC 2617 §3.2.2.1: without qop the response is KD(H(A1), nonce ":" H(A2)), as in RFC 2069.
    [Fact]
    public void Without_qop_count_and_client_nonce_do_not_count()
    {
        // MD5("939e7578ed9e3c518a452acee763bce9:dcd98b7102dd2f0e8b11d0f600bfb0c093:39aff3a2bab6126f332b942af96d3366")
        Assert.Equal(
            "670fd8c2df070c60b045671b8b24ff02",
            TestDigest.Response(
                DigestAlgorithm.Md5, "Mufasa", "testrealm@host.com", "Circle Of Life", "GET", "/dir/index.html",
                "dcd98b7102dd2f0e8b11d0f600bfb0c093", "00000001", "0a4f113b", ""));
    }

    [Fact]
    public void Long_values_are_hashed_whole()
    {
        var uri = "sip:" + new string('x', 3_000) + "@example.org";
        var shorter = uri[..^1];
        Assert.NotEqual(
            TestDigest.Response(DigestAlgorithm.Md5, "u", "r", "s", "INVITE", uri, "n", "00000001", "c", "auth"),
            TestDigest.Response(DigestAlgorithm.Md5, "u", "r", "s", "INVITE", shorter, "n", "00000001", "c", "auth"));
    }

    [Fact]
    public void HashA1_of_the_published_user_is_known()
    {
        Span<byte> hex = stackalloc byte[DigestCalculator.MaxHexLength];
        var length = DigestCalculator.HashA1(DigestAlgorithm.Md5, "Mufasa"u8, "testrealm@host.com"u8, "Circle Of Life"u8, hex);
        Assert.Equal("939e7578ed9e3c518a452acee763bce9", Encoding.ASCII.GetString(hex[..length]));
    }
}
