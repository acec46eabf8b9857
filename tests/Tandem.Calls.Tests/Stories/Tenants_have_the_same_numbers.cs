using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Two tenants of one exchange, each with a 100 and a 101: the domain of who calls decides, and nothing leads from one to the other.</summary>
public class Tenants_have_the_same_numbers
{
    private static readonly Tenant Acme = new(new TenantId("acme"), "Acme") { Domain = "acme.example" };
    private static readonly Tenant Globex = new(new TenantId("globex"), "Globex") { Domain = "globex.example" };

    [Fact]
    public void Each_101_rings_for_its_own_100()
    {
        var rig = Rig();
        var (ada, bob) = (rig.PhoneOf(Acme, "100"), rig.PhoneOf(Acme, "101"));
        var other = rig.PhoneOf(Globex, "101");

        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        Assert.Contains("sip:100@acme.example", invite["From"], StringComparison.Ordinal);
        other.ExpectNothing();
        Assert.Empty(rig.Exchange.ActiveCalls(Globex.Id));
        Assert.Equal(Acme.Id, Assert.Single(rig.Exchange.ActiveCalls(Acme.Id)).Tenant);

        bob.Take(invite).Reply(invite, 486);
        a.Ack(ada.Expect("486"));
        rig.Run(1);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_number_that_only_the_other_has_does_not_exist()
    {
        var rig = Rig();
        var ada = rig.PhoneOf(Acme, "100");
        rig.PhoneOf(Globex, "105");
        var a = ada.Dial("105");
        a.Invite(Sdp.Audio());
        a.Ack(ada.Expect("480")); // both have the extension; only Globex' phone is there
        rig.Run(1);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_tenant_has_as_many_calls_as_it_may_and_the_others_do_not_notice()
    {
        var rig = Rig();
        rig.Tenants.Set(Acme with { Limits = new TenantLimits(Calls: 1) });
        var (ada, bob) = (rig.PhoneOf(Acme, "100"), rig.PhoneOf(Acme, "101"));
        var cleo = rig.PhoneOf(Acme, "102");
        var (gus, hal) = (rig.PhoneOf(Globex, "100"), rig.PhoneOf(Globex, "101"));

        var first = ada.Dial("101");
        first.Invite(Sdp.Audio());
        var ringing = bob.Expect("INVITE");
        var second = cleo.Dial("101");
        second.Invite(Sdp.Audio());
        second.Ack(cleo.Expect("503"));
        gus.Dial("101").Invite(Sdp.Audio());
        var elsewhere = hal.Expect("INVITE");

        bob.Take(ringing).Reply(ringing, 486);
        first.Ack(ada.Expect("486"));
        hal.Take(elsewhere).Reply(elsewhere, 486);
        rig.Run(40);

        bob.Expect("ACK");
        hal.Expect("ACK");
        var third = cleo.Dial("101");
        third.Invite(Sdp.Audio());
        bob.Expect("INVITE");
    }

    [Fact]
    public void A_tenant_that_is_disabled_cannot_call()
    {
        var rig = Rig();
        var ada = rig.PhoneOf(Acme, "100");
        rig.Tenants.Set(Acme with { Enabled = false });
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        a.Ack(ada.Expect("403"));
        rig.Run(1);
        Assert.Equal("", rig.Leftovers());
    }

    private static ExchangeRig Rig()
    {
        var rig = new ExchangeRig();
        rig.Tenants.Set(Acme);
        rig.Tenants.Set(Globex);
        return rig;
    }
}
