using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>Calls from outside: to a number of the tenant, and to nothing else.</summary>
public sealed class A_call_comes_in_from_a_provider
{
    private const string Did = "+4930123456";

    [Theory]
    [InlineData("tokenp1@198.51.100.1:5060;line=tokenp1", "+4930123456")]
    [InlineData("tokenp1@198.51.100.1:5060", "004930123456")]
    [InlineData("tokenp1@198.51.100.1:5060", "030123456")]
    [InlineData("tokenp1@198.51.100.1:5060", "4930123456")]
    [InlineData("030123456@198.51.100.1:5060;line=tokenp1", "ada")]
    [InlineData("%2B4930123456@198.51.100.1:5060;line=tokenp1", "anything")]
    [InlineData("tokenp1@198.51.100.1:5060", "ada")]
    public void It_rings_the_extension_of_its_number(string requestUri, string to)
    {
        var (rig, bob, carrier) = Rig();
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, "ada", new ProfileId("p1"), "101"));
        var c = Dial(carrier, requestUri, to, "\"Carl\" <sip:0301111111@provider.test>");
        var invite = bob.Expect("INVITE");
        Assert.StartsWith("\"Carl\" <sip:+49301111111@", invite["From"], StringComparison.Ordinal);
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        carrier.Expect("180");
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        var ok = carrier.Expect("200 INVITE");
        Assert.Equal("<sip:tokenp1@198.51.100.1:5060;line=tokenp1>", ok["Contact"]);
        c.Ack(ok);
        rig.Run(3);
        Assert.Equal(("+49301111111", "101"), (rig.Calls[0].CallerNumber, rig.Calls[0].CalleeNumber));
        c.Send("BYE");
        carrier.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Finish(rig);
    }

    // Who calls by a trunk can never pass for an extension.
    [Theory]
    [InlineData("<sip:100@provider.test>", "", "+100")]
    [InlineData("<sip:eve@provider.test>", "", "anonymous")]
    [InlineData("<sip:anonymous@anonymous.invalid>", "<sip:+49301111111@provider.test>", "+49301111111")]
    [InlineData("<sip:x@provider.test>", "<tel:+49301111111>", "+49301111111")]
    public void The_caller_is_a_number_of_the_world_or_nobody(string from, string asserted, string number)
    {
        var (rig, bob, carrier) = Rig();
        var c = Dial(carrier, "tokenp1@198.51.100.1:5060", Did, from, asserted.Length > 0 ? ["P-Asserted-Identity: " + asserted] : []);
        var invite = bob.Expect("INVITE");
        Assert.Equal(number, rig.Calls[0].CallerNumber);
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        c.AckRefusal(carrier.Expect("486"));
        Finish(rig);
    }

    [Theory]
    [InlineData("tokenp1@198.51.100.1:5060", "+4930999999")]
    [InlineData("tokenp1@198.51.100.1:5060", "101")]
    [InlineData("101@198.51.100.1:5060;line=tokenp1", "101")]
    [InlineData("+12125551234@198.51.100.1:5060;line=tokenp1", "+12125551234")]
    public void What_is_no_number_of_the_tenant_is_not_found_and_nothing_goes_out(string requestUri, string to)
    {
        var (rig, bob, carrier) = Rig();
        var c = Dial(carrier, requestUri, to, "<sip:0301111111@provider.test>");
        c.AckRefusal(carrier.Expect("404"));
        carrier.ExpectNothing(1);
        bob.ExpectNothing(1);
        Finish(rig);
    }

    [Fact]
    public void A_stranger_is_challenged_as_before()
    {
        var (rig, bob, carrier) = Rig();
        Dial(carrier, "+4930123456@198.51.100.1:5060", Did, "<sip:0301111111@provider.test>");
        carrier.Expect("407");
        Dial(carrier, "token@198.51.100.1:5060;line=guess", Did, "<sip:0301111111@provider.test>");
        carrier.Expect("407");
        bob.ExpectNothing(1);
        Finish(rig);
    }

    [Theory]
    [InlineData("+4930123456@198.51.100.1", "<sip:0301111111@x>", "INVITE")]
    [InlineData("+12125551234@198.51.100.1", "<sip:0301111111@x>", "404")]
    [InlineData("+12125551234@198.51.100.1", "<sip:101@x>", "407")]
    [InlineData("102@198.51.100.1", "<sip:0301111111@x>", "404")]
    public void A_source_in_the_networks_of_a_profile_reaches_its_numbers_and_never_the_outside(string requestUri, string from, string expected)
    {
        Assert.True(NetPrefix.TryParse("203.0.113.0/24", out var prefix));
        var (rig, bob, carrier) = Rig(p => p with { Prefixes = [prefix] });
        var c = Dial(carrier, requestUri, requestUri.Split('@')[0], from);
        if (expected != "INVITE")
        {
            c.AckRefusal(carrier.Expect(expected));
            carrier.ExpectNothing(1);
        }
        else
        {
            var invite = bob.Expect("INVITE");
            bob.Take(invite).Reply(invite, 486);
            bob.Expect("ACK");
            c.AckRefusal(carrier.Expect("486"));
        }

        Finish(rig);
    }

    [Fact]
    public void A_number_of_one_profile_does_not_ring_by_another()
    {
        var (rig, bob, carrier) = Rig();
        rig.Profiles.Save(ProfileSamples.Profile("p2") with { Registers = false });
        rig.Profiles.Numbers.Clear();
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, Did, new ProfileId("p2"), "101"));
        var c = Dial(carrier, "tokenp1@198.51.100.1", Did, "<sip:0301111111@x>");
        c.AckRefusal(carrier.Expect("404"));
        bob.ExpectNothing(1);
        Finish(rig);
    }

    [Fact]
    public void A_disabled_profile_takes_no_calls_and_a_full_one_says_so()
    {
        var (rig, bob, carrier) = Rig(p => p with { MaxCalls = 1 });
        var c = Dial(carrier, "tokenp1@198.51.100.1", Did, "<sip:0301111111@x>");
        var invite = bob.Expect("INVITE");
        var d = Dial(carrier, "tokenp1@198.51.100.1", Did, "<sip:0302222222@x>");
        carrier.Expect("100");
        d.AckRefusal(carrier.Expect("503"));
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        c.AckRefusal(carrier.Expect("486"));
        rig.Profiles.Save(rig.Profiles.All()[0] with { Enabled = false });
        Dial(carrier, "tokenp1@198.51.100.1", Did, "<sip:0301111111@x>");
        carrier.Expect("407");
        Finish(rig);
    }

    // Nobody outside makes calls at the tenant's expense: no REFER, no Replaces.
    [Fact]
    public void A_provider_transfers_nobody()
    {
        var (rig, bob, carrier) = Rig();
        var c = Dial(carrier, "tokenp1@198.51.100.1", Did, "<sip:0301111111@x>");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        c.Ack(carrier.Expect("200 INVITE"));
        c.Send("REFER", "", "Refer-To: <sip:0030123456789@198.51.100.1>");
        carrier.Expect("403 REFER");
        var d = Dial(carrier, "tokenp1@198.51.100.1", Did, "<sip:0301111111@x>", "Replaces: a;to-tag=b;from-tag=c");
        d.AckRefusal(carrier.Expect("403"));
        c.Send("BYE");
        carrier.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Finish(rig);
    }

    private static PhoneDialog Dial(ScriptedPhone carrier, string requestUri, string to, string from, params string[] headers)
    {
        var dialog = carrier.Dial("x");
        dialog.RemoteTarget = "sip:" + requestUri;
        dialog.RemoteUri = $"<sip:{to}@provider.test>";
        dialog.LocalUri = from;
        dialog.Invite(Sdp.Audio(port: 30000), headers);
        return dialog;
    }

    private static void Finish(ExchangeRig rig)
    {
        rig.Run(1);
        ProfileEnd.AssertOver(rig);
    }

    private static (ExchangeRig Rig, ScriptedPhone Bob, ScriptedPhone Carrier) Rig(Func<SipProfile, SipProfile>? change = null)
    {
        var rig = new ExchangeRig(credentials: true);
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        rig.Profiles.Save((change ?? (p => p))(ProfileSamples.Profile() with { Registers = false, Numbers = new NumberPlan("49") }));
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, Did, null, "101"));
        rig.Exchange.StartProfiles();
        var bob = rig.Phone("101");
        rig.Run(0.1);
        return (rig, bob, carrier);
    }
}
