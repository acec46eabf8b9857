using Tandem.Core.Net;

namespace Tandem.Core.Tests.Net;

public sealed class NetPrefixTests
{
    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.6", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("2001:db8:0:8000::/49", "2001:db8:0:ffff::1", true)]
    [InlineData("2001:db8:0:8000::/49", "2001:db8:0:7fff::1", false)]
    [InlineData("::/0", "192.0.2.1", false)]
    [InlineData("::1", "::1", true)]
    public void An_address_lies_in_a_network_or_not(string network, string address, bool expected)
    {
        Assert.True(NetPrefix.TryParse(network, out var prefix));
        Assert.True(NetAddress.TryParse(address, 5060, out var parsed));
        Assert.Equal(expected, prefix.Contains(parsed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.1/24")]
    [InlineData("192.0.2.0/33")]
    [InlineData("192.0.2.0/-1")]
    [InlineData("192.0.2.0/x")]
    [InlineData("2001:db8::1/64")]
    [InlineData("2001:db8::/129")]
    [InlineData("example.org/8")]
    public void Other_texts_are_refused(string text) => Assert.False(NetPrefix.TryParse(text, out _));

    [Fact]
    public void It_prints_as_it_is_read()
    {
        Assert.True(NetPrefix.TryParse("2001:db8::/32", out var prefix));
        Assert.Equal("2001:db8::/32", prefix.ToString());
    }
}
