using Tandem.Core.Net;
using Tandem.Media.Plan;

namespace Tandem.Media.Tests.Plan;

/// <summary>RFC 3264 §5, RFC 8866 §5.7: the connection address is one that the peer can send to, also behind a NAT.</summary>
public sealed class SeenAddressTests
{
    private const string Audio = "m=audio 4000 RTP/AVP 0\n";

    [Theory]
    [InlineData("192.168.1.5", "198.51.100.7", "198.51.100.7")]
    [InlineData("10.1.2.3", "198.51.100.7", "198.51.100.7")]
    [InlineData("100.64.0.9", "198.51.100.7", "198.51.100.7")]
    [InlineData("203.0.113.1", "198.51.100.7", "203.0.113.1")]
    [InlineData("192.168.1.5", "", "192.168.1.5")]
    [InlineData("192.168.1.5", "2001:db8::7", "192.168.1.5")]
    public void A_side_that_sees_us_elsewhere_is_told_that_address_where_ours_is_private(string ours, string seen, string told)
    {
        var policy = LegPolicy.Of(new MediaOptions());
        var rig = new NegotiationRig();
        rig.Ports.V4 = ours;
        if (NetAddress.TryParse(seen, 0, out var address))
            policy = policy with { SeesUsAt = address };
        rig.Session.Expect(MediaSide.B, policy);

        // Ours is told to the other side, as before.
        Assert.Equal(told, rig.Offer(MediaSide.A, Audio).Media[0].Connection.Address.HostText());
        Assert.Equal(ours, rig.Answer(MediaSide.B, Audio).Media[0].Connection.Address.HostText());
        Assert.Equal(ours, rig.Offer(MediaSide.B, Audio).Media[0].Connection.Address.HostText());
        Assert.Equal(told, rig.Answer(MediaSide.A, Audio).Media[0].Connection.Address.HostText());
    }

    [Fact]
    public void Who_is_rung_next_and_sees_us_elsewhere_gets_an_offer_of_its_own()
    {
        var rig = new NegotiationRig();
        rig.Ports.V4 = "192.168.1.5";
        var policy = LegPolicy.Of(new MediaOptions());
        Assert.True(NetAddress.TryParse("198.51.100.7", 0, out var first));
        Assert.True(NetAddress.TryParse("198.51.100.8", 0, out var second));
        rig.Session.Expect(MediaSide.B, policy with { SeesUsAt = first });
        rig.Offer(MediaSide.A, Audio);
        rig.Session.Expect(MediaSide.B, policy with { SeesUsAt = second });
        Assert.Equal("198.51.100.8", NegotiationRig.Read(rig.Session.OpenOffer(MediaSide.B)).Media[0].Connection.Address.HostText());
        rig.Session.Expect(MediaSide.B, policy with { SeesUsAt = first });
        Assert.Equal("198.51.100.7", NegotiationRig.Read(rig.Session.OpenOffer(MediaSide.B)).Media[0].Connection.Address.HostText());
    }
}
