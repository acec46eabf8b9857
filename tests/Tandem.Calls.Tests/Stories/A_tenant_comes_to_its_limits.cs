using Tandem.Calls.Events;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Limits;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Calls per second and registrations of a tenant: who is refused and how, who is not, and who is told.</summary>
public class A_tenant_comes_to_its_limits
{
    private static readonly Tenant Acme = new(new TenantId("acme"), "Acme") { Domain = "acme.example" };
    private static readonly Tenant Globex = new(new TenantId("globex"), "Globex") { Domain = "globex.example" };

    [Fact]
    public void New_calls_come_no_faster_than_they_may_and_only_for_this_tenant()
    {
        var rig = Rig(new TenantLimits(CallsPerSecond: 2));
        var ada = rig.PhoneOf(Acme, "100");
        rig.PhoneOf(Acme, "101");
        var gus = rig.PhoneOf(Globex, "100");

        // As many at once as in a second; 105 is nobody's phone, so that each is over at once and none is in progress.
        ada.Refused("105", "480");
        ada.Refused("105", "480");
        Assert.Equal("10", ada.Refused("105", "503")["Retry-After"]);
        for (var i = 0; i < 5; i++)
            gus.Refused("105", "480");

        // Half a second later there is one place, not two.
        rig.Run(0.5);
        ada.Refused("105", "480");
        ada.Refused("105", "503");
        rig.Run(10);
        ada.Refused("105", "480");
        ada.Refused("105", "480");
        ada.Refused("105", "503");

        var reached = Assert.Single(rig.Events.All.OfType<TenantLimitReached>());
        Assert.Equal((Acme.Id, TenantLimit.CallsPerSecond, 2, 1L), (reached.Tenant, reached.Limit, reached.Most, reached.Refused));
        Assert.Equal([(Acme.Id, TenantLimit.CallsPerSecond, 3L)], rig.Exchange.Refusals.All());
        var told = PublicEvents.From(reached, 1, "run")!;
        Assert.Equal("tenant.limit-reached", told.Type);
        Assert.Contains("\"limit\":\"CALLS_PER_SECOND\",\"most\":2,\"refused\":1", System.Text.Encoding.UTF8.GetString(told.Body), StringComparison.Ordinal);

        // Whoever goes on is told of once a minute.
        rig.Run(60);
        ada.Refused("105", "480");
        ada.Refused("105", "480");
        ada.Refused("105", "503");
        Assert.Equal([1L, 4L], rig.Events.All.OfType<TenantLimitReached>().Select(e => e.Refused));
        rig.Run(1);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void No_more_phones_register_than_may_and_those_that_are_there_stay()
    {
        var rig = Rig(new TenantLimits(Registrations: 2));
        var (ada, bob) = (rig.StrangerOf(Acme, "100", 1), rig.StrangerOf(Acme, "101", 2));
        var (cleo, gus) = (rig.StrangerOf(Acme, "102", 3), rig.StrangerOf(Globex, "100", 4));
        Assert.Equal("200", ada.Registered());
        Assert.Equal("200", bob.Registered());
        Assert.Equal("403 Too Many Registrations", cleo.Registered());
        Assert.Equal("200", gus.Registered());

        // A refresh is no new one, and who goes makes room.
        Assert.Equal("200", ada.Registered());
        Assert.Equal("200", bob.Registered(expires: 0));
        Assert.Equal("200", cleo.Registered());
        Assert.Equal("403 Too Many Registrations", bob.Registered());

        // A higher limit holds from the next REGISTER on; a lower one takes nobody's registration away.
        rig.Tenants.Set(Acme with { Limits = new TenantLimits(Registrations: 3) });
        Assert.Equal("200", bob.Registered());
        rig.Tenants.Set(Acme with { Limits = new TenantLimits(Registrations: 1) });
        Assert.Equal("200", ada.Registered());
        Assert.Equal([(Acme.Id, TenantLimit.Registrations, 2L)], rig.Exchange.Refusals.All());
        Assert.Equal((TenantLimit.Registrations, 2), Assert.Single(rig.Events.All.OfType<TenantLimitReached>().Select(e => (e.Limit, e.Most))));
    }

    private static ExchangeRig Rig(TenantLimits limits)
    {
        var rig = new ExchangeRig();
        rig.Tenants.Set(Acme with { Limits = limits });
        rig.Tenants.Set(Globex);
        return rig;
    }
}
