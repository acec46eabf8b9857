using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>RFC 3960: early media between a provider and a phone, as the profile says.</summary>
public sealed class Sound_before_the_answer_of_a_provider
{
    [Theory]
    [InlineData(EarlyMediaPolicy.Pass, 183, "183", true)]
    [InlineData(EarlyMediaPolicy.Pass, 180, "180", true)]
    [InlineData(EarlyMediaPolicy.Ring, 183, "180", false)]
    [InlineData(EarlyMediaPolicy.Ring, 180, "180", false)]
    [InlineData(EarlyMediaPolicy.Ring, 182, "182", false)]
    public void The_caller_hears_the_network_or_is_told_that_it_rings(EarlyMediaPolicy policy, int status, string told, bool hasSdp)
    {
        var (rig, ada, carrier) = Rig(policy);
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = carrier.Expect("INVITE");
        var c = carrier.Take(invite);
        c.Reply(invite, status, Sdp.Audio(port: 40000));
        Assert.Equal(hasSdp, ada.Expect(told).Body.Length > 0);

        // The answer settles the media whatever was said before, and both are connected.
        c.Reply(invite, 200, Sdp.Audio(port: 40000));
        TalkAndHangUp(rig, ada, a, carrier, c);
    }

    // RFC 3262 §5: an answer in a reliable response is the answer, and the 2xx need not repeat it.
    [Theory]
    [InlineData(EarlyMediaPolicy.Pass, "183")]
    [InlineData(EarlyMediaPolicy.Ring, "180")]
    public void An_answer_that_came_reliably_holds_though_the_caller_did_not_hear_of_it(EarlyMediaPolicy policy, string told)
    {
        var (rig, ada, carrier) = Rig(policy);
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = carrier.Expect("INVITE");
        var c = carrier.Take(invite);
        c.Reply(invite, 183, Sdp.Audio(port: 40000), "Require: 100rel", "RSeq: 1");
        c.Reply(carrier.Expect("PRACK"), 200);
        Assert.Equal(policy == EarlyMediaPolicy.Pass, ada.Expect(told).Body.Length > 0);
        c.Reply(invite, 200);
        TalkAndHangUp(rig, ada, a, carrier, c);
    }

    [Theory]
    [InlineData(EarlyMediaPolicy.Pass, "183", true)]
    [InlineData(EarlyMediaPolicy.Ring, "180", false)]
    public void A_call_from_the_provider_hears_the_phone_only_where_the_profile_lets_it(EarlyMediaPolicy policy, string told, bool hasSdp)
    {
        var (rig, bob, carrier) = Rig(policy);
        var c = DialIn(rig, carrier);
        c.Invite(Sdp.Audio(port: 40000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio(port: 30000));
        carrier.Expect("100");
        Assert.Equal(hasSdp, carrier.Expect(told).Body.Length > 0);
        b.Reply(invite, 486);
        bob.Expect("ACK");
        c.AckRefusal(carrier.Expect("486"));
        Finish(rig);
    }

    // RFC 3262 §5: an offer of the phone would wait for an answer that the provider cannot give before it hears of it. The phone is not asked for one, and one that makes
    // it all the same is acknowledged.
    [Fact]
    public void A_call_from_the_provider_without_an_offer_is_answered_though_the_phone_offers_while_it_rings()
    {
        var (rig, bob, carrier) = Rig(EarlyMediaPolicy.Ring);
        var c = DialIn(rig, carrier);
        c.Invite("", "Supported: 100rel");
        var invite = bob.Expect("INVITE");
        Assert.False(invite.Lists("Supported", "100rel"));
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio(port: 30000), "Require: 100rel", "RSeq: 1");
        b.Reply(bob.Expect("PRACK"), 200);
        carrier.Expect("100");
        var ringing = carrier.Expect("180");
        Assert.Equal("", ringing.Body);
        if (ringing.Lists("Require", "100rel"))
        {
            c.Prack(ringing);
            carrier.Expect("200 PRACK");
        }

        b.Reply(invite, 200, Sdp.Audio(port: 30000));
        var ok = carrier.Expect("200 INVITE");
        Assert.NotEqual("", ok.Body);
        c.Ack(ok, Sdp.Audio(port: 40000));
        Assert.NotEqual("", bob.Expect("ACK").Body);
        rig.Run(1);
        c.Send("BYE");
        carrier.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Finish(rig);
    }

    private static PhoneDialog DialIn(ExchangeRig rig, ScriptedPhone carrier)
    {
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, "+4930123456", new ProfileId("p1"), "100"));
        var c = carrier.Dial("x");
        c.RemoteTarget = "sip:tokenp1@198.51.100.1:5060";
        c.RemoteUri = "<sip:+4930123456@provider.test>";
        c.LocalUri = "<sip:0301111111@provider.test>";
        return c;
    }

    // The provider has answered.
    private static void TalkAndHangUp(ExchangeRig rig, ScriptedPhone ada, PhoneDialog a, ScriptedPhone carrier, PhoneDialog c)
    {
        carrier.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.NotEqual("", ok.Body);
        a.Ack(ok);
        rig.Run(1);
        a.Send("BYE");
        ada.Expect("200 BYE");
        c.Reply(carrier.Expect("BYE"), 200);
        Finish(rig);
    }

    private static void Finish(ExchangeRig rig)
    {
        rig.Run(1);
        ProfileEnd.AssertOver(rig);
    }

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Carrier) Rig(EarlyMediaPolicy policy)
    {
        var rig = new ExchangeRig();
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        rig.Profiles.Save(ProfileSamples.Profile() with { Registers = false, Numbers = new NumberPlan("49"), EarlyMedia = policy });
        rig.Exchange.StartProfiles();
        var ada = rig.Phone("100");
        rig.Run(0.1);
        return (rig, ada, carrier);
    }
}
