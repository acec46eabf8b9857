using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 6665 §4.1.3: what is watched is gone, so there is nothing to come back for.</summary>
public class A_lamp_of_a_removed_extension_goes_out
{
    [Theory]
    [InlineData("dialog")]
    [InlineData("presence")]
    public void And_whoever_watched_hears_why(string package)
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        var lamp = phone.Watch("101", package, out _);
        var other = rig.Phone("102");
        var others = other.Watch("103", package, out _);
        rig.Run(10);
        rig.Extensions.Removed.Add("101");
        rig.Exchange.EndSubscriptionsOf(TenantId.Default, "101");
        Assert.Equal("terminated;reason=noresource", phone.Notified(lamp)["Subscription-State"]);
        other.ExpectNothing();
        others.Subscribe(package, 0);
        other.Expect("200 SUBSCRIBE");
        other.Notified(others);
        Assert.Equal("", rig.Leftovers());
    }

    // Nobody told the exchange: the next refresh finds out.
    [Fact]
    public void At_the_next_refresh_at_the_latest()
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        var lamp = phone.Watch("101", "dialog", out _);
        rig.Extensions.Removed.Add("101");
        rig.Run(10);
        lamp.Subscribe("dialog");
        phone.Expect("404 SUBSCRIBE");
        Assert.Equal("terminated;reason=noresource", phone.Notified(lamp)["Subscription-State"]);
        Assert.Equal("", rig.Leftovers());
    }

    // New credentials of the watched extension are no business of its watchers.
    [Fact]
    public void But_not_of_one_whose_secret_changes()
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        var lamp = phone.Watch("101", "dialog", out _);
        rig.Exchange.EndSubscriptionsOf(TenantId.Default, "101");
        phone.ExpectNothing(10);
        lamp.Subscribe("dialog", 0);
        phone.Expect("200 SUBSCRIBE");
        phone.Notified(lamp);
        Assert.Equal("", rig.Leftovers());
    }
}
