using Tandem.Calls.Calls;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>An exchange with the phones 100 and 101 and a provider, by whom 112 is called.</summary>
internal sealed class HelpRig
{
    public HelpRig(CallOptions? calls = null, bool credentials = false)
    {
        Rig = new ExchangeRig(calls, credentials: credentials);
        Carrier = new ScriptedPhone(Rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        Rig.Profiles.Save(Profile);
        Rig.Exchange.StartProfiles();
        (Ada, Bob) = (Rig.Phone("100"), Rig.Phone("101"));
        Rig.Run(0.1);
    }

    public static SipProfile Profile => ProfileSamples.Profile() with { Numbers = new NumberPlan("49"), Registers = false };

    public ExchangeRig Rig { get; }

    public ScriptedPhone Carrier { get; }

    public ScriptedPhone Ada { get; }

    public ScriptedPhone Bob { get; }

    /// <summary>A second provider, which comes after the first.</summary>
    public ScriptedPhone AddProvider()
    {
        var other = new ScriptedPhone(Rig.Network, "carrier2", ProfileSamples.SecondAddress, ExchangeRig.ServerAddress);
        Rig.Profiles.Save(ProfileSamples.Profile("p2") with { Numbers = new NumberPlan("49"), Registers = false, Server = "203.0.113.2", Priority = 20 });
        Rig.Run(0.1);
        return other;
    }

    /// <summary>One rule, for 112 alone.</summary>
    public void Rule(params ActionBody[] actions) =>
        Rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "desk", Numbers = ["112"], Actions = actions }] });

    /// <summary>The INVITE for 112 that a provider gets is refused there.</summary>
    public static void Refuse(ScriptedPhone carrier, int status = 486, double seconds = 5)
    {
        var invite = carrier.Expect("INVITE", seconds);
        Assert.StartsWith("sip:112@", invite.RequestUri, StringComparison.Ordinal);
        carrier.Take(invite).Reply(invite, status);
        carrier.Expect("ACK");
    }

    /// <summary>Ada dials.</summary>
    public PhoneDialog Dial(string number)
    {
        var a = Ada.Dial(number);
        a.Invite(Sdp.Audio(port: 30000));
        return a;
    }

    /// <summary>Ada dials, and is refused before anybody is asked.</summary>
    public void IsRefused(string number, int status)
    {
        var a = Dial(number);
        a.AckRefusal(Ada.Expect(status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Carrier.ExpectNothing();
    }

    /// <summary>Ada dials 112 and is put through, until both ends hang up.</summary>
    public void IsHelped()
    {
        var a = Dial("112");
        var c = Talks.Answer(Carrier, Carrier.Expect("INVITE"), 40_000);
        a.Ack(Ada.Expect("200 INVITE"));
        Ada.HangUp(a, Carrier, c);
    }
}
