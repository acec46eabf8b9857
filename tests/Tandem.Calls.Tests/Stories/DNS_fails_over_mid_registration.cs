using Tandem.Core.Net;
using Tandem.Testing.Dns;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// A phone knows two servers by one name. The one that it is registered at dies; its refresh goes to the other, and calls reach it
/// again (RFC 3263 §4.3). The name server may be away by then, too.
/// </summary>
public sealed class DNS_fails_over_mid_registration
{
    private static readonly NetAddress First = NetAddress.FromV4(0xC6336402, 5060);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_refresh_goes_to_the_second_server(bool nameServerDies)
    {
        var zone = Zone();
        var rig = new ExchangeRig();
        rig.Network.Attach(First, rig.Node);
        var ada = rig.Phone("100");
        var bob = new NamedPhone(rig.Network, "101", NetAddress.FromV4(0x0A010101, 5060), "pbx.test", zone);
        bob.Register();
        rig.Run(1);
        Assert.Equal([(200, First)], bob.Registered);
        Assert.Single(rig.Exchange.Registrar.Lookup(Tandem.Calls.Tenants.TenantId.Default, "101"));

        rig.Network.Detach(First);
        zone.IsAway = nameServerDies;
        rig.Run(120);
        bob.Register();

        // Two questions in a row without an answer, 8 s each, then what was known before; 4 s for the dead server.
        rig.Run(nameServerDies ? 30 : 5);
        Assert.Equal([(200, First), (200, ExchangeRig.ServerAddress)], bob.Registered);

        // The dead one rests: the next refresh does not wait for it.
        zone.IsAway = false;
        rig.Run(8);
        bob.Register();
        rig.Run(0.5);
        Assert.Equal(3, bob.Registered.Count);

        var dialog = ada.Dial("101");
        dialog.Invite(Sdp.Audio());
        dialog.AckRefusal(ada.Expect("486"));
        Assert.Equal(1, bob.Calls);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(0, bob.Leftovers);
    }

    [Fact]
    public void Whatever_the_network_loses_the_phone_ends_up_registered_once()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var rig = new ExchangeRig(seed: seed, conditions: new NetworkConditions { Loss = 0.15, Duplication = 0.1, Jitter = 80 });
            rig.Network.Attach(First, rig.Node);
            var bob = new NamedPhone(rig.Network, "101", NetAddress.FromV4(0x0A010101, 5060), "pbx.test", Zone(), seed);
            for (var i = 0; i < 4; i++)
            {
                if (i == 2)
                    rig.Network.Detach(First);
                bob.Register();
                rig.Run(40);
            }

            Assert.Equal(4, bob.Registered.Count);
            Assert.All(bob.Registered, r => Assert.Equal(200, r.Status));
            Assert.All(bob.Registered.Skip(2), r => Assert.Equal(ExchangeRig.ServerAddress, r.Server));
            Assert.Single(rig.Exchange.Registrar.Lookup(Tandem.Calls.Tenants.TenantId.Default, "101"));
            Assert.Equal("", rig.Leftovers());
            Assert.Equal(0, bob.Leftovers);
        }
    }

    private static DnsZone Zone() => new(
        "pbx.test 60 NAPTR 10 10 s SIP+D2U _sip._udp.pbx.test",
        "_sip._udp.pbx.test 60 SRV 10 1 5060 one.pbx.test",
        "_sip._udp.pbx.test 60 SRV 20 1 5060 two.pbx.test",
        "one.pbx.test 60 A 198.51.100.2",
        "two.pbx.test 60 A 198.51.100.1");
}
