using System.Net;
using Tandem.Core.Net;

namespace Tandem.Core.Tests.Net;

public sealed class OwnAddressesTests
{
    [Fact]
    public void An_address_is_known_whatever_its_port_and_form_until_others_are_set()
    {
        var own = new OwnAddresses();
        Assert.False(own.Has(At("45.33.32.1", 5060)));
        own.Set([At("45.33.32.1", 5060), At("45.33.32.1", 5061), At("2600:3c01::1", 0), default]);
        Assert.Equal(2, own.All.Count);
        Assert.True(own.Has(At("45.33.32.1", 80)));
        Assert.True(own.Has(At("::ffff:45.33.32.1", 80)));
        Assert.True(own.Has(At("2600:3c01::1", 443)));
        Assert.False(own.Has(At("45.33.32.2", 5060)));
        Assert.False(own.Has(default));
        own.Set([]);
        Assert.False(own.Has(At("45.33.32.1", 5060)));
    }

    /// <summary>What leads back to this machine is as closed as a private network, and opened in the same way.</summary>
    [Fact]
    public void The_world_does_not_include_this_machine()
    {
        Assert.True(GlobalNetworks.Has(At("45.33.32.9", 443), []));
        GlobalNetworks.Machine.Set([At("45.33.32.9", 0)]);
        Assert.False(GlobalNetworks.Has(At("45.33.32.9", 443), []));
        Assert.True(GlobalNetworks.Has(At("45.33.32.8", 443), []));
        Assert.True(NetPrefix.TryParse("45.33.32.9/32", out var prefix));
        Assert.True(GlobalNetworks.Has(At("45.33.32.9", 443), [prefix]));
        GlobalNetworks.Machine.Set([]);
    }

    private static NetAddress At(string address, int port) => NetAddress.From(IPAddress.Parse(address), (ushort)port);
}
