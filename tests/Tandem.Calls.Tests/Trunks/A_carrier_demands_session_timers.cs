using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>RFC 4028 with a provider: the interval and the refresher that it wants, beside its challenges, in both directions.</summary>
public sealed class A_carrier_demands_session_timers
{
    private const string Allow = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE";
    private const string Adas = "Session-Expires: 1800;refresher=uac";
    private const string Did = "+4930123456";

    // §7.3: the same Call-ID, the next CSeq, Min-SE; the credentials go along.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_challenge_and_a_longer_interval_are_answered_in_any_order(bool isChallengeFirst)
    {
        var (rig, ada, carrier) = Rig();
        var a = ada.Dial("030123457");
        a.Invite(Sdp.Audio(port: 30000), "Supported: timer", Adas);
        var first = carrier.Expect("INVITE");
        Assert.True(first.Lists("Supported", "timer"));
        Assert.Equal("1800", first["Session-Expires"]);
        Refuse(carrier, first, isChallengeFirst);
        var second = carrier.Expect("INVITE");
        Assert.Equal(isChallengeFirst ? "1800" : "3600", second["Session-Expires"]);
        Refuse(carrier, second, !isChallengeFirst);
        var third = carrier.Expect("INVITE");
        Assert.Equal((first.CallId, first.CSeq + 2, "3600", "3600"), (third.CallId, third.CSeq, third["Session-Expires"], third["Min-SE"]));
        Assert.Contains("username=\"ada\"", third["Proxy-Authorization"], StringComparison.Ordinal);

        var c = carrier.Take(third);
        c.Reply(third, 200, Sdp.Audio(port: 40000), "Session-Expires: 3600;refresher=uac", "Require: timer", "Supported: timer", Allow);
        carrier.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        rig.Run(1_000);
        a.Send("UPDATE", "", "Supported: timer", Adas);
        ada.Expect("200 UPDATE");
        rig.Run(790);
        Assert.Empty(carrier.Unread);
        var refresh = carrier.Expect("UPDATE", seconds: 20);
        Assert.Equal(("3600;refresher=uac", "3600"), (refresh["Session-Expires"], refresh["Min-SE"]));
        c.Reply(refresh, 200, "", "Session-Expires: 3600;refresher=uac", "Require: timer");
        HangUp(rig, a, ada, c, carrier);
    }

    // Who raises the interval again and again is given up.
    [Fact]
    public void A_carrier_whose_interval_is_never_long_enough_is_given_up()
    {
        var (rig, ada, carrier) = Rig();
        var a = ada.Dial("030123457");
        a.Invite(Sdp.Audio(port: 30000));
        var tries = 0;
        for (; tries < 20; tries++)
        {
            var invite = carrier.Expect("INVITE");
            carrier.Take(invite).Reply(invite, 422, "", $"Min-SE: {4_000 + tries}");
            carrier.Expect("ACK");
            rig.Run(0.5);
            if (carrier.Unread.Count == 0)
                break;
        }

        Assert.InRange(tries, 1, 10);
        a.AckRefusal(ada.Expect("480"));
        Finish(rig);
    }

    // §7.2: the refresher of the 2xx is the carrier's choice; half-way, with credentials, also when the nonce is stale by then.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_carrier_makes_us_the_refresher(bool takesUpdate)
    {
        var method = takesUpdate ? "UPDATE" : "INVITE";
        var (rig, ada, carrier) = Rig();
        var (a, c) = Talk(ada, carrier, "Session-Expires: 600;refresher=uac", "Require: timer", takesUpdate ? Allow : "Allow: INVITE, ACK, BYE, CANCEL");
        for (var i = 0; i < 3; i++)
        {
            var refresh = carrier.Expect(method, seconds: 301);
            Assert.Equal("600;refresher=uac", refresh["Session-Expires"]);
            Assert.Contains("nonce=\"n", refresh["Proxy-Authorization"], StringComparison.Ordinal);
            c.Reply(refresh, 407, "", Challenge($"n{i + 2}") + ", stale=true");
            if (!takesUpdate)
                carrier.Expect("ACK");
            var again = carrier.Expect(method);
            Assert.Contains($"nonce=\"n{i + 2}\"", again["Proxy-Authorization"], StringComparison.Ordinal);
            c.Reply(again, 200, takesUpdate ? "" : Sdp.Audio(port: 40000), "Session-Expires: 600;refresher=uac", "Require: timer");
            if (!takesUpdate)
                carrier.Expect("ACK");
        }

        Assert.Empty(ada.Unread);
        HangUp(rig, a, ada, c, carrier);
    }

    // §10: a little before the end, for a carrier that went away without a BYE.
    [Theory]
    [InlineData("UPDATE")]
    [InlineData("INVITE")]
    public void The_carrier_refreshes_itself_and_when_it_stops_the_call_ends_in_time(string method)
    {
        var (rig, ada, carrier) = Rig();
        var (a, c) = Talk(ada, carrier, "Session-Expires: 600;refresher=uas", "Require: timer", Allow);
        for (var i = 0; i < 3; i++)
        {
            rig.Run(300);
            Assert.Empty(carrier.Unread);
            c.Send(method, method == "INVITE" ? Sdp.Audio(port: 40000) : "", "Session-Expires: 600;refresher=uac", "Supported: timer", "Require: timer");
            if (method == "INVITE")
            {
                var offered = ada.Expect("INVITE");
                a.Reply(offered, 200, Sdp.Audio(port: 30000));
                ada.Expect("ACK");
            }

            var ok = carrier.Expect($"200 {method}");
            Assert.Equal("600;refresher=uac", ok["Session-Expires"]);
            Assert.True(ok.Lists("Require", "timer"));
            if (method == "INVITE")
                c.Ack(ok);
        }

        rig.Run(560);
        Assert.Empty(carrier.Unread);
        c.Reply(carrier.Expect("BYE", seconds: 10), 481);
        a.Reply(ada.Expect("BYE"), 200);
        rig.Run(1);
        var verdict = rig.Events.Record.Verdict;
        Assert.Equal((EndReason.SessionExpired, CallSide.Callee, ResultClass.Upstream), (verdict.Reason, verdict.EndedBy, verdict.Result));
        Finish(rig);
    }

    // §7.2, §4: no refresh comes later than a carrier expects, also one that wants less than it may.
    [Fact]
    public void An_interval_that_is_shorter_than_allowed_is_kept_all_the_same()
    {
        var (rig, ada, carrier) = Rig();
        var (a, c) = Talk(ada, carrier, "Session-Expires: 60;refresher=uac", Allow);
        c.Reply(carrier.Expect("UPDATE", seconds: 50), 200, "", "Session-Expires: 60;refresher=uac");
        c.Reply(carrier.Expect("UPDATE", seconds: 50), 200, "", "Session-Expires: 60;refresher=uac");
        HangUp(rig, a, ada, c, carrier);
    }

    // §9, table 2.
    [Theory]
    [InlineData("Supported: timer|Session-Expires: 1800;refresher=uas", "1800;refresher=uas", true, true)]
    [InlineData("Require: timer|Supported: timer|Session-Expires: 900;refresher=uas", "900;refresher=uas", true, true)]
    [InlineData("Supported: timer|Session-Expires: 900;refresher=uac", "900;refresher=uac", true, false)]
    [InlineData("Supported: timer|Session-Expires: 7200|Min-SE: 3600", "3600;refresher=uac", true, false)]
    [InlineData("Supported: timer", "1800;refresher=uas", true, true)]
    [InlineData("Supported: 100rel", "1800;refresher=uas", false, true)]
    public void A_call_from_the_carrier_has_the_session_that_it_wants(string headers, string answered, bool isRequired, bool weRefresh)
    {
        var (rig, bob, carrier) = Rig(number: "101");
        var c = Dial(carrier, [.. headers.Split('|'), Allow]);
        var b = Answer(bob);
        var ok = carrier.Expect("200 INVITE");
        Assert.Equal((answered, isRequired), (ok["Session-Expires"], ok.Lists("Require", "timer")));
        c.Ack(ok);
        var interval = int.Parse(answered.Split(';')[0], System.Globalization.CultureInfo.InvariantCulture);
        if (weRefresh)
        {
            c.Reply(carrier.Expect("UPDATE", seconds: (interval / 2) + 1), 200, "", $"Session-Expires: {interval};refresher=uac");
            c.Send("BYE");
            carrier.Expect("200 BYE");
            b.Reply(bob.Expect("BYE"), 200);
        }
        else
        {
            rig.Run(interval - 33);
            Assert.Empty(carrier.Unread);
            c.Reply(carrier.Expect("BYE", seconds: 2), 481);
            b.Reply(bob.Expect("BYE"), 200);
            rig.Run(1);
            Assert.Equal((EndReason.SessionExpired, CallSide.Caller), (rig.Events.Record.Verdict.Reason, rig.Events.Record.Verdict.EndedBy));
        }

        Finish(rig);
    }

    // §9: 422 says what is enough, and the carrier calls again with it.
    [Fact]
    public void A_call_with_too_short_a_session_comes_again_with_the_one_that_is_accepted()
    {
        var (rig, bob, carrier) = Rig(number: "101");
        var c = Dial(carrier, "Supported: timer", "Session-Expires: 60");
        var refused = carrier.Expect("422");
        Assert.Equal("90", refused["Min-SE"]);
        c.AckRefusal(refused);
        bob.ExpectNothing(1);

        c = Dial(carrier, "Supported: timer", "Session-Expires: 90", "Min-SE: 90");
        var b = Answer(bob);
        var ok = carrier.Expect("200 INVITE");
        Assert.Equal("90;refresher=uac", ok["Session-Expires"]);
        c.Ack(ok);
        c.Send("BYE");
        carrier.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Finish(rig);
    }

    // RFC 3261 §8.2.2.3: who switched timers off cannot serve a carrier that insists.
    [Fact]
    public void Switched_off_a_carrier_that_requires_them_is_told()
    {
        var (rig, bob, carrier) = Rig(number: "101", timers: false);
        var c = Dial(carrier, "Require: timer", "Supported: timer", "Session-Expires: 1800");
        var refused = carrier.Expect("420");
        Assert.Equal("timer", refused["Unsupported"]);
        c.AckRefusal(refused);
        bob.ExpectNothing(1);
        Finish(rig);
    }

    private static string Challenge(string nonce) => $"Proxy-Authenticate: Digest realm=\"provider\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\"";

    private static void Refuse(ScriptedPhone carrier, WireMessage invite, bool isChallenge)
    {
        carrier.Take(invite).Reply(invite, isChallenge ? 407 : 422, "", isChallenge ? Challenge("n1") : "Min-SE: 3600");
        carrier.Expect("ACK");
    }

    private static (PhoneDialog A, PhoneDialog C) Talk(ScriptedPhone ada, ScriptedPhone carrier, params string[] answer)
    {
        var a = ada.Dial("030123457");
        a.Invite(Sdp.Audio(port: 30000), "Supported: timer", Adas);
        var first = carrier.Expect("INVITE");
        Refuse(carrier, first, isChallenge: true);
        var second = carrier.Expect("INVITE");
        var c = carrier.Take(second);
        c.Reply(second, 200, Sdp.Audio(port: 40000), [.. answer, "Supported: timer"]);
        carrier.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        return (a, c);
    }

    private static PhoneDialog Dial(ScriptedPhone carrier, params string[] headers)
    {
        var dialog = carrier.Dial("x");
        dialog.RemoteTarget = "sip:tokenp1@198.51.100.1:5060;line=tokenp1";
        dialog.RemoteUri = $"<sip:{Did}@provider.test>";
        dialog.LocalUri = "<sip:0301111111@provider.test>";
        dialog.Invite(Sdp.Audio(port: 30000), headers);
        return dialog;
    }

    private static PhoneDialog Answer(ScriptedPhone bob)
    {
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000), "Session-Expires: 80000;refresher=uac");
        bob.Expect("ACK");
        return b;
    }

    private static void HangUp(ExchangeRig rig, PhoneDialog a, ScriptedPhone ada, PhoneDialog c, ScriptedPhone carrier)
    {
        a.Send("BYE");
        ada.Expect("200 BYE");
        c.Reply(carrier.Expect("BYE"), 200);
        rig.Run(1);
        Assert.Equal(EndReason.Completed, rig.Events.Record.Verdict.Reason);
        Finish(rig);
    }

    private static void Finish(ExchangeRig rig)
    {
        rig.Run(1);
        ProfileEnd.AssertOver(rig);
    }

    private static (ExchangeRig Rig, ScriptedPhone Phone, ScriptedPhone Carrier) Rig(string number = "100", bool timers = true)
    {
        var rig = new ExchangeRig(new CallOptions { SessionTimers = timers, SessionExpires = 1_800 });
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        rig.Profiles.Save(ProfileSamples.Profile() with { Registers = false, Numbers = new NumberPlan("49") });
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, Did, null, "101"));
        rig.Exchange.StartProfiles();
        var phone = rig.Phone(number);
        rig.Run(0.1);
        return (rig, phone, carrier);
    }
}
