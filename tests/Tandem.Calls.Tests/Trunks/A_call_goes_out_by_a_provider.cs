using Tandem.Calls.Calls;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>RFC 3261 §13, §22; RFC 3325; the way of a call to a number that is no extension.</summary>
public sealed class A_call_goes_out_by_a_provider
{
    private static readonly NumberPlan Germany = new("49");

    [Fact]
    public void It_is_challenged_answered_and_ends_and_nothing_is_left()
    {
        var (rig, ada, carrier) = Rig();
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio(port: 30000));
        ada.Expect("100");
        var first = carrier.Expect("INVITE");
        Assert.Equal("sip:+4930123456@provider.test;user=phone", first.RequestUri);
        Assert.StartsWith("<sip:ada@provider.test>;tag=", first["From"], StringComparison.Ordinal);
        Assert.Equal("<sip:ada@provider.test>", first["P-Asserted-Identity"]);
        Assert.Equal("<sip:tokenp1@198.51.100.1:5060;line=tokenp1>", first["Contact"]);
        Assert.False(first.Has("Proxy-Authorization"));
        var c = carrier.Take(first);
        c.Reply(first, 407, "", "Proxy-Authenticate: Digest realm=\"provider\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"");
        carrier.Expect("ACK");
        var second = carrier.Expect("INVITE");
        Assert.Equal(first.CallId, second.CallId);
        Assert.Equal(first.CSeq + 1, second.CSeq);
        Assert.Contains("username=\"ada\"", second["Proxy-Authorization"], StringComparison.Ordinal);

        c = carrier.Take(second);
        c.Reply(second, 183, Sdp.Audio(port: 40000));
        Assert.NotEqual("", ada.Expect("183").Body);
        c.Reply(second, 200, Sdp.Audio(port: 40000));
        var ack = carrier.Expect("ACK");
        Assert.Equal(second["Proxy-Authorization"], ack["Proxy-Authorization"]);
        a.Ack(ada.Expect("200 INVITE"));
        rig.Run(5);
        Assert.Equal(1, rig.Exchange.Trunks.UsageOf(new ProfileId("p1")).Calls);

        a.Send("BYE");
        ada.Expect("200 BYE");
        var bye = carrier.Expect("BYE");
        Assert.Contains("nc=00000002", bye["Proxy-Authorization"], StringComparison.Ordinal);
        c.Reply(bye, 200);
        rig.Run(1);
        Assert.Equal(0, rig.Exchange.Trunks.UsageOf(new ProfileId("p1")).Calls);
        Assert.Equal(("100", "030123456", EndReason.Completed), (rig.Events.Record.CallerNumber, rig.Events.Record.CalleeNumber, rig.Events.Record.Verdict.Reason));
        ProfileEnd.AssertOver(rig);
    }

    [Fact]
    public void The_next_call_needs_no_challenge_and_a_changed_password_leaves_the_call_alone()
    {
        var (rig, ada, carrier) = Rig();
        var (a, c) = Talk(ada, carrier, "n1");
        rig.Profiles.Save(Profile() with { Password = new Core.Privacy.Secret("other") });
        rig.Run(5);
        Assert.Single(rig.Calls);

        var eve = rig.Phone("101");
        var e = eve.Dial("030123457");
        e.Invite(Sdp.Audio(port: 30010));
        var invite = carrier.Expect("INVITE");
        Assert.False(invite.Has("Proxy-Authorization")); // the nonce was for the old one
        var d = carrier.Take(invite);
        d.Reply(invite, 486);
        carrier.Expect("ACK");
        e.AckRefusal(eve.Expect("486"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        c.Reply(carrier.Expect("BYE"), 200);
        ProfileEnd.AssertOver(rig);
    }

    [Theory]
    [InlineData(503, true)]
    [InlineData(500, true)]
    [InlineData(0, true)]
    [InlineData(404, false)]
    [InlineData(486, false)]
    [InlineData(603, false)]
    public void The_next_profile_is_tried_when_the_provider_fails_and_not_when_the_callee_refuses(int status, bool isTried)
    {
        var (rig, ada, carrier) = Rig();
        var other = new ScriptedPhone(rig.Network, "carrier2", ProfileSamples.SecondAddress, ExchangeRig.ServerAddress);
        rig.Profiles.Save(Profile("p2") with { Server = "203.0.113.2", Priority = 20 });
        rig.Run(0.1);
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio(port: 30000));
        var first = carrier.Expect("INVITE");
        var c = carrier.Take(first);
        if (status > 0)
        {
            c.Reply(first, status);
            carrier.Expect("ACK");
        }

        if (isTried)
        {
            var second = other.Expect("INVITE", seconds: 10);
            Assert.Equal("<sip:tokenp2@198.51.100.1:5060;line=tokenp2>", second["Contact"]);
            var o = other.Take(second);
            o.Reply(second, 486);
            other.Expect("ACK");
            a.AckRefusal(ada.Expect("486"));
            Assert.Equal(
                [("p1", status == 0 ? 408 : status, "203.0.113.1:5060"), ("p2", 486, "203.0.113.2:5060")],
                rig.Events.Record.Extras!.Attempts.Select(attempt => (attempt.ProfileId, attempt.SipStatus, attempt.Address)));
            Assert.All(rig.Events.Record.Extras.Attempts, attempt => Assert.Equal("+4930123456", attempt.Number));
        }
        else
        {
            a.AckRefusal(ada.Expect(status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            other.ExpectNothing();
        }

        ProfileEnd.AssertOver(rig);
    }

    [Fact]
    public void A_wrong_password_is_no_answer_for_the_caller_to_give()
    {
        var (rig, ada, carrier) = Rig();
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio());
        for (var i = 0; i < 2; i++)
        {
            var invite = carrier.Expect("INVITE");
            carrier.Take(invite).Reply(invite, 407, "", $"Proxy-Authenticate: Digest realm=\"provider\", nonce=\"n{i}\", algorithm=MD5, qop=\"auth\"");
            carrier.Expect("ACK");
        }

        a.AckRefusal(ada.Expect("480"));
        carrier.ExpectNothing();
        ProfileEnd.AssertOver(rig);
    }

    [Fact]
    public void Challenges_without_end_have_an_end()
    {
        var (rig, ada, carrier) = Rig();
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio());
        var seen = 0;
        for (var i = 0; i < 20; i++)
        {
            carrier.ExpectSomething();
            var invite = carrier.Expect("INVITE");
            seen++;
            carrier.Take(invite).Reply(invite, 407, "", $"Proxy-Authenticate: Digest realm=\"provider\", nonce=\"n{i}\", algorithm=MD5, qop=\"auth\", stale=true");
            carrier.Expect("ACK");
            rig.Run(1);
            if (carrier.Unread.Count == 0)
                break;
        }

        Assert.InRange(seen, 2, 5);
        a.AckRefusal(ada.Expect("480"));
        ProfileEnd.AssertOver(rig);
    }

    [Fact]
    public void A_caller_who_gives_up_cancels_at_the_provider()
    {
        var (rig, ada, carrier) = Rig();
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio());
        var invite = carrier.Expect("INVITE");
        var c = carrier.Take(invite);
        c.Reply(invite, 180);
        ada.Expect("180");
        a.Cancel();
        ada.Expect("200 CANCEL");
        a.AckRefusal(ada.Expect("487 INVITE"));
        carrier.TakeCancel(c, invite);
        ProfileEnd.AssertOver(rig);
    }

    // RFC 4028 §6
    [Fact]
    public void A_carrier_that_demands_a_longer_session_gets_it()
    {
        var (rig, ada, carrier) = Rig();
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio());
        var invite = carrier.Expect("INVITE");
        carrier.Take(invite).Reply(invite, 422, "", "Min-SE: 3600");
        carrier.Expect("ACK");
        var second = carrier.Expect("INVITE");
        Assert.Equal("3600", second["Min-SE"]);
        carrier.Take(second).Reply(second, 486);
        carrier.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        ProfileEnd.AssertOver(rig);
    }

    // RFC 3323, RFC 3325 §7
    [Theory]
    [InlineData(IdentityStyle.Asserted, FromUserStyle.UserName, false, "sip:ada@provider.test", "sip:+4930999@provider.test")]
    [InlineData(IdentityStyle.Asserted, FromUserStyle.CallerId, false, "sip:+4930999@provider.test", "sip:+4930999@provider.test")]
    [InlineData(IdentityStyle.None, FromUserStyle.Extension, false, "sip:100@provider.test", "")]
    [InlineData(IdentityStyle.Asserted, FromUserStyle.UserName, true, "sip:anonymous@anonymous.invalid", "sip:+4930999@provider.test")]
    [InlineData(IdentityStyle.None, FromUserStyle.UserName, true, "sip:anonymous@anonymous.invalid", "")]
    public void The_provider_sees_the_caller_as_the_profile_says(IdentityStyle identity, FromUserStyle style, bool isPrivate, string from, string asserted)
    {
        var (rig, ada, carrier) = Rig(Profile() with { CallerId = "030 999", Identity = identity, FromUser = style, Numbers = Germany });
        rig.Profiles.Save(Profile() with { CallerId = "+4930999", Identity = identity, FromUser = style });
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio(), isPrivate ? ["Privacy: id"] : ["Subject: secret plan"]);
        var invite = carrier.Expect("INVITE");
        Assert.Equal(from, WireMessage.UriOf(invite["From"]));
        Assert.Equal(asserted, WireMessage.UriOf(invite["P-Asserted-Identity"]));
        Assert.Equal(isPrivate && asserted.Length > 0 ? "id" : "", invite["Privacy"]);
        Assert.False(invite.Has("Subject"));
        carrier.Take(invite).Reply(invite, 486);
        carrier.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        ProfileEnd.AssertOver(rig);
    }

    // RFC 3261 §25.1: the user part of a URI is never empty. A trunk that is known by addresses alone has no account.
    [Theory]
    [InlineData(FromUserStyle.UserName, "", "sip:100@provider.test")]
    [InlineData(FromUserStyle.CallerId, "", "sip:100@provider.test")]
    [InlineData(FromUserStyle.UserName, "+4930999", "sip:+4930999@provider.test")]
    public void Somebody_is_shown_also_without_an_account(FromUserStyle style, string callerId, string from)
    {
        var (rig, ada, carrier) = Rig(Profile() with { UserName = "", CallerId = callerId, FromUser = style });
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio());
        var invite = carrier.Expect("INVITE");
        Assert.Equal(from, WireMessage.UriOf(invite["From"]));
        carrier.Take(invite).Reply(invite, 486);
        carrier.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        ProfileEnd.AssertOver(rig);
    }

    [Fact]
    public void A_profile_that_is_full_is_passed_over_and_says_so_when_it_is_the_last()
    {
        var (rig, ada, carrier) = Rig(Profile() with { MaxCalls = 1 });
        var (a, c) = Talk(ada, carrier, "n1");
        var eve = rig.Phone("101");
        var e = eve.Dial("030123457");
        e.Invite(Sdp.Audio());
        var refused = eve.Expect("503");
        Assert.Contains("maxCalls", refused["Warning"], StringComparison.Ordinal);
        var way = Assert.Single(rig.Events.Record.Extras!.Attempts);
        Assert.Equal(("p1", 503, ""), (way.ProfileId, way.SipStatus, way.SipCallId));
        Assert.Contains("maxCalls", way.Text, StringComparison.Ordinal);
        e.AckRefusal(refused);
        carrier.ExpectNothing(1);
        a.Send("BYE");
        ada.Expect("200 BYE");
        c.Reply(carrier.Expect("BYE"), 200);
        ProfileEnd.AssertOver(rig);
    }

    [Theory]
    [InlineData("222", "404")]
    [InlineData("*99", "404")]
    [InlineData("1234567", "404")]
    public void What_is_no_number_of_the_world_goes_nowhere(string dialled, string status)
    {
        var (rig, ada, carrier) = Rig(options: o => o with { Calls = o.Calls with { LastExtension = 999 } });
        var a = ada.Dial(dialled);
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect(status));
        carrier.ExpectNothing(1);
        ProfileEnd.AssertOver(rig);
    }

    [Fact]
    public void A_switch_keeps_calls_inside()
    {
        var (rig, ada, carrier) = Rig(options: o => o with { Trunks = o.Trunks with { Outbound = false } });
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("404"));
        carrier.ExpectNothing(1);
        ProfileEnd.AssertOver(rig);
    }

    [Fact]
    public void A_number_of_our_own_does_not_go_round_by_the_provider()
    {
        var (rig, ada, carrier) = Rig();
        var bob = rig.Phone("101");
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, "+4930123456", null, "101"));
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        carrier.ExpectNothing(1);
        ProfileEnd.AssertOver(rig);
    }

    // RFC 3261 §26.2.2: a provider is a hop that sips: does not reach, and a forward to outside is no way around.
    [Theory]
    [InlineData("030123456")]
    [InlineData("101")]
    public void A_sips_call_does_not_go_out(string number)
    {
        var (rig, _, carrier) = Rig();
        var ada = rig.SecurePhone("102", isSips: true);
        rig.Set("101", new ExtensionFeatures { ForwardAlways = "030123456" });
        var a = ada.Dial(number);
        a.RemoteTarget = $"sips:{number}@198.51.100.1";
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("404"));
        carrier.ExpectNothing(1);
        ProfileEnd.AssertOver(rig);
    }

    private static (PhoneDialog A, PhoneDialog C) Talk(ScriptedPhone ada, ScriptedPhone carrier, string nonce)
    {
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio(port: 30000));
        var first = carrier.Expect("INVITE");
        carrier.Take(first).Reply(first, 407, "", $"Proxy-Authenticate: Digest realm=\"provider\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\"");
        carrier.Expect("ACK");
        var second = carrier.Expect("INVITE");
        var c = carrier.Take(second);
        c.Reply(second, 200, Sdp.Audio(port: 40000));
        carrier.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        return (a, c);
    }

    private static SipProfile Profile(string id = "p1") => ProfileSamples.Profile(id) with { Registers = false, Numbers = Germany };

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Carrier) Rig(SipProfile? profile = null, Func<ExchangeOptions, ExchangeOptions>? options = null)
    {
        var rig = new ExchangeRig(options: options);
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        rig.Profiles.Save(profile ?? Profile());
        rig.Exchange.StartProfiles();
        var ada = rig.Phone("100");
        rig.Run(0.1);
        return (rig, ada, carrier);
    }
}
