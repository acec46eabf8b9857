using Tandem.Calls.Calls;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>Nothing goes to a provider that the guard has not let go, and what it let go is given back.</summary>
public sealed class A_call_to_outside_meets_the_toll_guard
{
    [Theory]
    [InlineData("030123456")] // home
    [InlineData("112")]
    [InlineData("911")]
    public void What_is_allowed_goes_and_gives_its_place_back(string dialled)
    {
        var (rig, ada, carrier) = Rig(new TollRules());
        var a = ada.Dial(dialled);
        a.Invite(Sdp.Audio(port: 30000));
        var invite = carrier.Expect("INVITE");
        Assert.Equal(1, Show(rig).Calls);
        carrier.Take(invite).Reply(invite, 486);
        carrier.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        rig.Run(1);
        Assert.Equal(0, Show(rig).Calls);
    }

    [Theory]
    [InlineData("0033140000000", TollRule.Destination)]
    [InlineData("09001234567", TollRule.Premium)]
    public void What_is_not_allowed_never_reaches_the_provider(string dialled, TollRule rule)
    {
        var (rig, ada, carrier) = Rig(new TollRules());
        var a = ada.Dial(dialled);
        a.Invite(Sdp.Audio(port: 30000));
        a.AckRefusal(ada.Expect("403"));
        carrier.ExpectNothing();
        Assert.Equal(rule, Assert.Single(rig.Events.All.OfType<TollTripped>()).Rule);
        Assert.Equal(403, rig.Events.Record.Verdict.SipStatus);
        Assert.Equal(0, Show(rig).Calls);
    }

    [Fact]
    public void A_trip_stops_all_but_calls_for_help()
    {
        var (rig, ada, carrier) = Rig(new TollRules { MaxPerMinute = 0 });
        foreach (var dialled in new[] { "030123456", "030123457" })
        {
            var a = ada.Dial(dialled);
            a.Invite(Sdp.Audio(port: 30000));
            a.AckRefusal(ada.Expect("503"));
        }

        carrier.ExpectNothing();
        Assert.Equal(TollRule.Rate, Show(rig).Block!.Rule);
        ada.Dial("112").Invite(Sdp.Audio(port: 30000));
        Assert.StartsWith("sip:112@", carrier.Expect("INVITE").RequestUri, StringComparison.Ordinal);
    }

    // Neither what an extension may dial nor a rule stands in its way, whether it takes every number or names just that one.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_for_help_goes_out_whatever_the_rules_are(bool isNamed)
    {
        var (rig, ada, carrier) = Rig(new TollRules());
        rig.Set("100", new ExtensionFeatures { AllowedDestinations = ["prefix:10"] });
        rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "closed", Numbers = isNamed ? ["112"] : null, Actions = [new ActionBody { To = "reject:480" }] }] });
        var a = ada.Dial("112");
        a.Invite(Sdp.Audio(port: 30000));
        Assert.StartsWith("sip:112@", carrier.Expect("INVITE").RequestUri, StringComparison.Ordinal);

        ada.Dial("030123456").Invite(Sdp.Audio(port: 30000));
        ada.Expect("403");
    }

    [Fact]
    public void A_call_ends_when_the_money_is_spent()
    {
        var (rig, ada, carrier) = Rig(new TollRules { MaxSpendPerDay = 1m }, new TollPrice(0.60m));
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = carrier.Expect("INVITE");
        var c = carrier.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 40000));
        carrier.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        rig.Run(59);
        Assert.Single(rig.Calls);

        c.Reply(carrier.Expect("BYE", seconds: 30), 200); // the second minute has begun: 1.20
        a.Reply(ada.Expect("BYE"), 200);
        rig.Run(1);
        Assert.Equal(EndReason.MaximumDuration, rig.Events.Record.Verdict.Reason);
        Assert.Equal((0, 1.20m), (Show(rig).Calls, Show(rig).SpentToday));
        Assert.Equal(1.20m, rig.Events.Record.Extras!.Price);
        Assert.Empty(rig.Events.Record.Extras.Attempts);
    }

    private static TollAccountSnapshot Show(ExchangeRig rig) => rig.Guard.Show(TenantId.Default, EpochClock.Epoch + TimeSpan.FromTicks(rig.Network.Now.Ticks));

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Carrier) Rig(TollRules rules, TollPrice? price = null)
    {
        var rig = new ExchangeRig();
        rig.Toll.Rules = rules;
        rig.Toll.Price = price;
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        rig.Profiles.Save(ProfileSamples.Profile() with { Numbers = new NumberPlan("49"), Registers = false });
        rig.Exchange.StartProfiles();
        var ada = rig.Phone("100");
        rig.Run(0.1);
        return (rig, ada, carrier);
    }
}
