using Tandem.Calls.Events;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;
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
        Refused(ada, "105", "480");
        Refused(ada, "105", "480");
        Assert.Equal("10", Refused(ada, "105", "503")["Retry-After"]);
        for (var i = 0; i < 5; i++)
            Refused(gus, "105", "480");

        // Half a second later there is one place, not two.
        rig.Run(0.5);
        Refused(ada, "105", "480");
        Refused(ada, "105", "503");
        rig.Run(10);
        Refused(ada, "105", "480");
        Refused(ada, "105", "480");
        Refused(ada, "105", "503");

        var reached = Assert.Single(rig.Events.All.OfType<TenantLimitReached>());
        Assert.Equal((Acme.Id, TenantLimit.CallsPerSecond, 2, 1L), (reached.Tenant, reached.Limit, reached.Most, reached.Refused));
        Assert.Equal([(Acme.Id, TenantLimit.CallsPerSecond, 3L)], rig.Exchange.Refusals.All());
        var told = PublicEvents.From(reached, 1, "run")!;
        Assert.Equal("tenant.limit-reached", told.Type);
        Assert.Contains("\"limit\":\"CALLS_PER_SECOND\",\"most\":2,\"refused\":1", System.Text.Encoding.UTF8.GetString(told.Body), StringComparison.Ordinal);

        // Whoever goes on is told of once a minute.
        rig.Run(60);
        Refused(ada, "105", "480");
        Refused(ada, "105", "480");
        Refused(ada, "105", "503");
        Assert.Equal([1L, 4L], rig.Events.All.OfType<TenantLimitReached>().Select(e => e.Refused));
        rig.Run(1);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void No_more_phones_register_than_may_and_those_that_are_there_stay()
    {
        var rig = Rig(new TenantLimits(Registrations: 2));
        var (ada, bob) = (Phone(rig, Acme, "100", 1), Phone(rig, Acme, "101", 2));
        var (cleo, gus) = (Phone(rig, Acme, "102", 3), Phone(rig, Globex, "100", 4));
        Assert.Equal("200", Registered(ada));
        Assert.Equal("200", Registered(bob));
        Assert.Equal("403 Too Many Registrations", Registered(cleo));
        Assert.Equal("200", Registered(gus));

        // A refresh is no new one, and who goes makes room.
        Assert.Equal("200", Registered(ada));
        Assert.Equal("200", Registered(bob, expires: 0));
        Assert.Equal("200", Registered(cleo));
        Assert.Equal("403 Too Many Registrations", Registered(bob));

        // A higher limit holds from the next REGISTER on; a lower one takes nobody's registration away.
        rig.Tenants.Set(Acme with { Limits = new TenantLimits(Registrations: 3) });
        Assert.Equal("200", Registered(bob));
        rig.Tenants.Set(Acme with { Limits = new TenantLimits(Registrations: 1) });
        Assert.Equal("200", Registered(ada));
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

    private static ScriptedPhone Phone(ExchangeRig rig, Tenant tenant, string number, int host) =>
        new(rig.Network, number, Core.Net.NetAddress.FromV4(0xC0000200 + (uint)host, 5060), ExchangeRig.ServerAddress) { Domain = tenant.Domain };

    private static string Registered(ScriptedPhone phone, int expires = 3600)
    {
        var aor = $"<sip:{phone.Number}@{phone.Domain}>";
        phone.Send($"REGISTER sip:{phone.Domain} SIP/2.0\r\nVia: {phone.Via};branch={phone.NewBranch()};rport\r\nMax-Forwards: 70\r\nFrom: {aor};tag=r\r\nTo: {aor}\r\n"
            + $"Call-ID: r-{phone.Address}\r\nCSeq: {phone.NewBranch().Split('-')[^1]} REGISTER\r\nContact: <{phone.ContactUri}>;expires={expires}\r\nContent-Length: 0\r\n\r\n");
        phone.ExpectSomething();
        var answer = phone.Expect(phone.Unread[0].Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return answer.Status == 200 ? "200" : answer.StartLine["SIP/2.0 ".Length..];
    }

    private static WireMessage Refused(ScriptedPhone phone, string number, string status)
    {
        var call = phone.Dial(number);
        call.Invite(Sdp.Audio());
        var refusal = phone.Expect(status);
        call.AckRefusal(refusal);
        return refusal;
    }
}
