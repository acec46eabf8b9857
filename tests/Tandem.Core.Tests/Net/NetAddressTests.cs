using System.Net;
using Tandem.Core.Net;

namespace Tandem.Core.Tests.Net;

public class NetAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", 5060, "127.0.0.1:5060")]
    [InlineData("192.0.2.255", 0, "192.0.2.255:0")]
    [InlineData("2001:db8::1", 5061, "[2001:db8::1]:5061")]
    [InlineData("[2001:db8::1]", 5061, "[2001:db8::1]:5061")]
    [InlineData("::ffff:192.0.2.1", 1, "192.0.2.1:1")]
    public void Parses_and_prints(string host, int port, string expected)
    {
        Assert.True(NetAddress.TryParse(host, port, out var address));
        Assert.Equal(expected, address.ToString());
        Assert.Equal(address, NetAddress.From(address.ToIPEndPoint()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.1.1.1")]
    [InlineData("example.org")]
    [InlineData("[]")]
    [InlineData("12345::1")]
    public void Refuses_what_is_no_address(string host) => Assert.False(NetAddress.TryParse(host, 1, out _));

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void Refuses_a_bad_port(int port) => Assert.False(NetAddress.TryParse("127.0.0.1", port, out _));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("::1", true)]
    [InlineData("128.0.0.1", false)]
    [InlineData("2001:db8::1", false)]
    public void Knows_loopback(string host, bool loopback)
    {
        Assert.True(NetAddress.TryParse(host, 1, out var address));
        Assert.Equal(loopback, address.IsLoopback);
        Assert.Equal(IPAddress.IsLoopback(address.ToIPAddress()), loopback);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::42")]
    public void Round_trips_through_a_socket_address(string host)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(host), 4711);
        Assert.True(NetAddress.TryFrom(endPoint.Serialize(), out var address));
        Assert.Equal(endPoint, address.ToIPEndPoint());
    }

    [Theory]
    [InlineData("fe80::1", true)]
    [InlineData("febf:ffff::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::1", false)]
    [InlineData("169.254.1.1", false)]
    public void Link_local_addresses_are_known(string host, bool expected)
    {
        Assert.True(NetAddress.TryParse(host, 5060, out var address));
        Assert.Equal(expected, address.IsLinkLocalV6);
    }

    // RFC 1918 §3, RFC 6598 §7, RFC 3927 §2.1, RFC 4193 §3.1, RFC 4291 §2.5.6
    [Theory]
    [InlineData("10.0.0.0", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("9.255.255.255", false)]
    [InlineData("11.0.0.0", false)]
    [InlineData("172.15.255.255", false)]
    [InlineData("172.16.0.0", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.0", false)]
    [InlineData("192.168.0.1", true)]
    [InlineData("192.167.255.255", false)]
    [InlineData("192.169.0.0", false)]
    [InlineData("100.63.255.255", false)]
    [InlineData("100.64.0.0", true)]
    [InlineData("100.127.255.255", true)]
    [InlineData("100.128.0.0", false)]
    [InlineData("169.254.1.1", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("198.51.100.1", false)]
    [InlineData("::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fc00::1", true)]
    [InlineData("fdff::1", true)]
    [InlineData("fbff::1", false)]
    [InlineData("fe00::1", false)]
    [InlineData("2001:db8::1", false)]
    public void Addresses_of_networks_of_their_own_are_private(string text, bool isPrivate)
    {
        Assert.True(NetAddress.TryParse(text, 0, out var address));
        Assert.Equal(isPrivate, address.IsPrivate);
    }
}
