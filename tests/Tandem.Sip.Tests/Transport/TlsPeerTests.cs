using System.Net;
using Tandem.Core.Net;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

// RFC 5922 §7.1 and §7.2.
public sealed class TlsPeerTests
{
    [Theory]
    [InlineData("uri:sip:example.com", "example.com", true)]
    [InlineData("uri:sip:example.com", "EXAMPLE.com", true)]
    [InlineData("uri:sip:example.com", "a.example.com", false)]
    [InlineData("uri:sips:example.com", "example.com", false)]
    [InlineData("uri:sip:alice@example.com", "example.com", false)]
    [InlineData("uri:https://example.com/", "example.com", false)]
    [InlineData("uri:sip:example.com;transport=tcp", "example.com", true)]
    [InlineData("dns:example.com", "example.com", true)]
    [InlineData("dns:example.com", "example.com.", true)]
    [InlineData("dns:example.com", "ample.com", false)]
    [InlineData("dns:*.example.com", "a.example.com", false)]
    [InlineData("uri:sip:example.com dns:other.example.com", "other.example.com", false)] // a sip URI ends the DNS names
    [InlineData("uri:sips:example.com dns:other.example.com", "other.example.com", true)]
    [InlineData("ip:192.0.2.7", "192.0.2.7", true)]
    [InlineData("ip:192.0.2.7", "192.0.2.8", false)]
    [InlineData("ip:2001:db8::1", "[2001:db8::1]", true)]
    [InlineData("ip:192.0.2.7", "common.example.com", false)] // no common name beside a subjectAltName
    [InlineData("", "common.example.com", true)]
    [InlineData("", "other.example.com", false)]
    public void A_certificate_is_for_the_names_that_it_says(string names, string wanted, bool expected)
    {
        using var authority = new TestCertificates();
        using var certificate = authority.Issue("common.example.com", names.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var peer = TlsPeer.Of(certificate);
        Assert.Equal(expected, peer.IsFor(wanted, NetAddress.From(IPAddress.Parse("198.51.100.1"), 5061)));
    }

    [Theory]
    [InlineData("ip:198.51.100.1", true)]
    [InlineData("uri:sip:198.51.100.1", true)]
    [InlineData("ip:198.51.100.2", false)]
    [InlineData("dns:example.com", false)]
    public void Without_a_domain_it_must_be_for_the_address(string name, bool expected)
    {
        using var authority = new TestCertificates();
        using var certificate = authority.Issue("x", name);
        Assert.Equal(expected, TlsPeer.Of(certificate).IsFor(null, NetAddress.From(IPAddress.Parse("198.51.100.1"), 5061)));
    }
}
