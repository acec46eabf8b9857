using System.Net;
using Tandem.Core.Net;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Engine;

public class SipAddressingTests
{
    private static readonly NetAddress Peer = NetAddress.From(IPAddress.Parse("192.0.2.7"), 5060);
    private static readonly NetAddress Loopback = NetAddress.From(IPAddress.Loopback, 40_000);

    [Theory]
    [InlineData(SipTransportKind.Udp, "<sip:101@198.51.100.1:5070>")]
    [InlineData(SipTransportKind.Tcp, "<sip:101@198.51.100.1:5070;transport=tcp>")]
    public void A_peer_is_told_the_address_that_was_chosen_for_it(SipTransportKind kind, string contact)
    {
        var addressing = Choosing();

        Assert.Equal(contact, addressing.Contact(new SipFlow(kind, NetAddress.From(IPAddress.Any, 5070), Peer), "101"));
        Assert.Equal("127.0.0.1:5070", addressing.HostAndPort(new SipFlow(kind, default, Loopback)));
    }

    [Fact]
    public void What_was_set_goes_before_what_is_chosen_and_the_flow_comes_last()
    {
        var flow = new SipFlow(SipTransportKind.Udp, NetAddress.From(IPAddress.Parse("10.0.0.1"), 5080), Peer);
        var addressing = Choosing();
        addressing.Set(SipTransportKind.Udp, "sip.example.org", 5060);

        Assert.Equal("sip.example.org:5060", addressing.HostAndPort(flow));
        Assert.Equal("10.0.0.1:5080", new SipAddressing().HostAndPort(flow));
    }

    // RFC 5393 §4.2: loops are found by our own Via, so an address once told counts as ours.
    [Fact]
    public void A_chosen_address_is_ours_from_its_first_use_on()
    {
        var addressing = Choosing();
        Assert.True(ViaValue.TryParse("SIP/2.0/UDP 198.51.100.1:5070;branch=z9hG4bKx"u8, out var via));
        Assert.False(addressing.IsOurs(via));

        addressing.HostAndPort(new SipFlow(SipTransportKind.Udp, default, Peer));

        Assert.True(addressing.IsOurs(via));
    }

    private static SipAddressing Choosing() => new()
    {
        Choose = flow => NetAddress.From(flow.Remote.IsLoopback ? IPAddress.Loopback : IPAddress.Parse("198.51.100.1"), 5070),
    };
}
