using Tandem.Sip.Messages;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Messages;

/// <summary>RFC 3261 §20.42, RFC 3581 §3.</summary>
public class ViaValueTests
{
    [Theory]
    [InlineData("SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7", "UDP", "erlang.bell-telephone.com", 5060, "z9hG4bK87asdks7")]
    [InlineData("SIP/2.0/UDP 192.0.2.1:5060 ;received=192.0.2.207 ;branch=z9hG4bK77asjd", "UDP", "192.0.2.1", 5060, "z9hG4bK77asjd")]
    [InlineData("SIP / 2.0 / UDP first.example.com: 4000;ttl=16;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1", "UDP", "first.example.com", 4000, "z9hG4bKa7c6a8dlze.1")]
    [InlineData("SIP/2.0/TCP [2001:db8::9:1]", "TCP", "[2001:db8::9:1]", -1, "")]
    [InlineData("SIP/2.0/TCP [2001:db8::9:1] : 5062 ; branch = x", "TCP", "[2001:db8::9:1]", 5062, "x")]
    [InlineData("sip/2.0/tls host", "tls", "host", -1, "")]
    [InlineData("SIP/2.0/UDP\thost\t;branch=x", "UDP", "host", -1, "x")]
    public void A_value_is_cut_into_its_parts(string text, string transport, string host, int port, string branch)
    {
        Assert.True(ViaValue.TryParse(Bytes(text), out var via));

        Assert.True(via.IsSip2);
        Assert.Equal(transport, Text(via.Transport));
        Assert.Equal(host, Text(via.Host));
        Assert.Equal(port, via.Port);
        Assert.Equal(branch, Text(via.Branch));
        Assert.True(via.AreParamsWellFormed());
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIP/2.0/UDP")]
    [InlineData("SIP/2.0/UDP ")]
    [InlineData("SIP/2.0/UDP;branch=x")]
    [InlineData("SIP/2.0 UDP host")]
    [InlineData("SIP/2.0/ host")]
    [InlineData("SIP/2.0/UDP host:")]
    [InlineData("SIP/2.0/UDP host:0")]
    [InlineData("SIP/2.0/UDP host:65536")]
    [InlineData("SIP/2.0/UDP host:5060:5061")]
    [InlineData("SIP/2.0/UDP two hosts")]
    [InlineData("SIP/2.0/UDP 2001:db8::1")]
    [InlineData("SIP/2.0/UDP user@host")]
    [InlineData("\"SIP\"/2.0/UDP host")]
    public void What_is_no_Via_is_refused(string text) => Assert.False(ViaValue.TryParse(Bytes(text), out _));

    [Theory]
    [InlineData("SIP/2.0/UDP host;rport", true, -1)]
    [InlineData("SIP/2.0/UDP host;RPORT=5061", true, 5061)]
    [InlineData("SIP/2.0/UDP host;rport=0", true, -1)]
    [InlineData("SIP/2.0/UDP host;rport=99999", true, -1)]
    [InlineData("SIP/2.0/UDP host;xrport", false, -1)]
    public void Rport_is_a_flag_or_a_port(string text, bool has, int port)
    {
        Assert.True(ViaValue.TryParse(Bytes(text), out var via));
        Assert.Equal(has, via.HasRport);
        Assert.Equal(port, via.Rport);
    }

    [Fact]
    public void The_other_parameters_are_read()
    {
        Assert.True(ViaValue.TryParse("SIP/2.0/UDP h;ttl=16;maddr=224.2.0.1;received=2001:db8::1;x=\"a;b\""u8, out var via));
        Assert.Equal(16, via.Ttl);
        Assert.Equal("224.2.0.1", Text(via.Maddr));
        Assert.Equal("2001:db8::1", Text(via.Received));
        Assert.True(via.TryGetParam("X"u8, out var x));
        Assert.Equal("a;b", Text(x));

        Assert.True(ViaValue.TryParse("SIP/2.0/UDP h;ttl=256"u8, out var large));
        Assert.Equal(-1, large.Ttl);
        Assert.True(ViaValue.TryParse("SIP/7.0/UDP h"u8, out var other));
        Assert.False(other.IsSip2);
    }

    // So that a 400 can be addressed: RFC 4475 §3.1.2.1.
    [Theory]
    [InlineData("SIP/2.0/UDP h;;,")]
    [InlineData("SIP/2.0/UDP h;branch=")]
    [InlineData("SIP/2.0/UDP h;branch=a;branch=b")]
    [InlineData("SIP/2.0/UDP h;=x")]
    [InlineData("SIP/2.0/UDP h;x=\"open")]
    public void Malformed_parameters_are_told_but_do_not_hide_the_sender(string text)
    {
        Assert.True(ViaValue.TryParse(Bytes(text), out var via));
        Assert.Equal("h", Text(via.Host));
        Assert.False(via.AreParamsWellFormed());
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
