using System.Net;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Server.Options;
using Tandem.Sip.Engine;

namespace Tandem.Server.Hosting;

public sealed class AddressBookTests
{
    // Rows: SERVER_ADDRESS, RTP_HOST, route of IPv4, route of IPv6, what SDP names for IPv4 and for IPv6.
    [Theory]
    [InlineData(null, "0.0.0.0", "10.0.0.5", null, "10.0.0.5", null)]
    [InlineData(null, "0.0.0.0", "10.0.0.5", "2001:db8::5", "10.0.0.5", "2001:db8::5")]
    [InlineData("203.0.113.9", "0.0.0.0", "10.0.0.5", "2001:db8::5", "203.0.113.9", null)]
    [InlineData("2001:db8::9", "0.0.0.0", "10.0.0.5", "2001:db8::5", null, "2001:db8::9")]
    [InlineData(null, "10.0.0.7", "10.0.0.5", "2001:db8::5", "10.0.0.7", null)]
    [InlineData(null, "0.0.0.0", null, null, "127.0.0.1", null)]
    public void SDP_names_an_address_that_phones_can_reach(string? configured, string rtpHost, string? v4, string? v6, string? media4, string? media6)
    {
        var book = new AddressBook(
            new ServerOptions { ServerAddress = configured, RtpHost = rtpHost }, new Clock(TimeProvider.System), remote => Address(remote.IsV6 ? v6 : v4), () => null);

        Assert.Equal(Address(media4) ?? default, book.MediaV4);
        Assert.Equal(Address(media6) ?? default, book.MediaV6);
    }

    [Fact]
    public void A_phone_is_told_the_address_of_the_route_to_it_and_a_local_one_the_loopback()
    {
        var book = new AddressBook(new ServerOptions(), new Clock(TimeProvider.System), _ => Address("10.0.0.5"), () => null);
        var local = NetAddress.From(IPAddress.Any, 5070);

        Assert.Equal("10.0.0.5:5070", book.Toward(new SipFlow(SipTransportKind.Udp, local, Address("192.0.2.1")!.Value.WithPort(5060))).ToString());
        Assert.Equal("127.0.0.1:5070", book.Toward(new SipFlow(SipTransportKind.Udp, local, Address("127.0.0.1")!.Value.WithPort(5060))).ToString());
    }

    [Theory]
    [InlineData("0.0.0.0", "192.0.2.1", "10.0.0.5")]
    [InlineData("0.0.0.0", "127.0.0.1", "127.0.0.1")]
    [InlineData("10.0.0.7", "192.0.2.1", null)]
    public void Media_toward_a_peer_has_the_address_of_its_route_unless_RTP_HOST_names_one(string rtpHost, string peer, string? expected)
    {
        var book = new AddressBook(new ServerOptions { RtpHost = rtpHost }, new Clock(TimeProvider.System), _ => Address("10.0.0.5"), () => null);
        Assert.Equal(Address(expected) ?? default, book.MediaToward(Address(peer)!.Value));
    }

    private static NetAddress? Address(string? text) => text is null ? null : NetAddress.From(IPAddress.Parse(text), 0);
}
