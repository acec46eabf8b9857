using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Testing.Dns;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>RFC 3261 §22.2, §22.3 inside dialogs: 401 and 407 to what a trunk leg sends are answered once, and to the provider alone.</summary>
public sealed class A_provider_asks_for_credentials_in_a_dialog
{
    private const string Allow = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, INFO, MESSAGE, PRACK";
    private const string Did = "+4930123456";

    [Theory]
    [InlineData("INVITE", 401)]
    [InlineData("INVITE", 407)]
    [InlineData("UPDATE", 401)]
    [InlineData("UPDATE", 407)]
    [InlineData("INFO", 401)]
    [InlineData("INFO", 407)]
    [InlineData("MESSAGE", 407)]
    [InlineData("BYE", 401)]
    [InlineData("BYE", 407)]
    public void What_passes_through_is_sent_again_with_credentials_and_the_phone_hears_nothing_of_it(string method, int status)
    {
        var (rig, ada, carrier) = Rig();
        var (a, c) = Talk(ada, carrier);
        Send(a, method);
        var first = carrier.Expect(method);
        Assert.Equal("", Credentials(first));
        c.Reply(first, status, "", Challenge(status, "n1"));
        if (method == "INVITE")
            carrier.Expect("ACK");
        var second = carrier.Expect(method);
        Assert.Equal(first.CSeq + 1, second.CSeq);
        Assert.Equal((first.RequestUri, first.Body), (second.RequestUri, second.Body));
        Assert.Equal((first["Session-Expires"], first["Content-Type"], first["Contact"]), (second["Session-Expires"], second["Content-Type"], second["Contact"]));
        Assert.Contains("nonce=\"n1\"", second[status == 401 ? "Authorization" : "Proxy-Authorization"], StringComparison.Ordinal);
        Assert.Contains($"uri=\"{carrier.ContactUri}\"", Credentials(second), StringComparison.Ordinal);
        Finish(method, a, c, ada, carrier, second);

        // What follows brings the answer along at once (§22.1).
        if (method == "BYE")
        {
            Finish(rig);
            return;
        }

        Send(a, "INFO");
        var next = carrier.Expect("INFO");
        Assert.Contains("nc=00000002", Credentials(next), StringComparison.Ordinal);
        c.Reply(next, 200);
        ada.Expect("200 INFO");
        End(a, c, ada, carrier);
        Finish(rig);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("UPDATE")]
    [InlineData("INFO")]
    [InlineData("BYE")]
    public void A_stale_nonce_is_replaced(string method)
    {
        var (rig, ada, carrier) = Rig();
        var (a, c) = Talk(ada, carrier, "n1");
        Send(a, method);
        var first = carrier.Expect(method);
        Assert.Contains("nonce=\"n1\"", Credentials(first), StringComparison.Ordinal);
        c.Reply(first, 407, "", Challenge(407, "n2") + ", stale=true");
        if (method == "INVITE")
            carrier.Expect("ACK");
        var second = carrier.Expect(method);
        Assert.Contains("nonce=\"n2\"", Credentials(second), StringComparison.Ordinal);
        Assert.Contains("nc=00000001", Credentials(second), StringComparison.Ordinal);
        Finish(method, a, c, ada, carrier, second);
        if (method != "BYE")
            End(a, c, ada, carrier);
        Finish(rig);
    }

    [Theory]
    [InlineData("INVITE", "500")]
    [InlineData("UPDATE", "500")]
    [InlineData("INFO", "500")]
    [InlineData("BYE", "200")]
    public void Another_realm_gets_nothing_and_neither_does_one_that_refused_the_answer(string method, string heard)
    {
        foreach (var isForeign in new[] { true, false })
        {
            var (rig, ada, carrier) = Rig();
            var (a, c) = Talk(ada, carrier, "n1");
            Send(a, method);
            for (var round = 0; round < (isForeign ? 1 : 2); round++)
            {
                var request = carrier.Expect(method);
                c.Reply(request, 407, "", Challenge(407, $"m{round}", isForeign ? "elsewhere" : "provider"));
                if (method == "INVITE")
                    carrier.Expect("ACK");
            }

            var answer = ada.Expect($"{heard} {method}");
            if (method == "INVITE")
                a.AckRefusal(answer);
            carrier.ExpectNothing(1);
            if (method != "BYE")
            {
                a.Send("BYE");
                ada.Expect("200 BYE");
                c.Reply(carrier.Expect("BYE"), 200);
            }

            Finish(rig);
        }
    }

    // RFC 3262 §4: unacknowledged, the provisional response would come again until the provider gives the call up.
    [Fact]
    public void A_PRACK_is_sent_again_with_credentials()
    {
        var (rig, ada, carrier) = Rig();
        var a = ada.Dial("030123457");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = carrier.Expect("INVITE");
        var c = carrier.Take(invite);
        c.Reply(invite, 183, Sdp.Audio(port: 40000), "Require: 100rel", "RSeq: 7", $"Contact: <{carrier.ContactUri}>");
        ada.Expect("183");
        var first = carrier.Expect("PRACK");
        c.Reply(first, 401, "", Challenge(401, "n1"));
        var second = carrier.Expect("PRACK");
        Assert.Equal($"7 {invite.CSeq} INVITE", first["RAck"]);
        Assert.Equal((first["RAck"], first.CSeq + 1), (second["RAck"], second.CSeq));
        Assert.Contains("nonce=\"n1\"", second["Authorization"], StringComparison.Ordinal);
        c.Reply(second, 200);
        c.Reply(invite, 200, Sdp.Audio(port: 40000));
        carrier.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        End(a, c, ada, carrier);
        Finish(rig);
    }

    // A Contact that a proxy passes on is known to every callee: who calls by it has not shown that he is the provider.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_caller_who_knows_the_token_gets_credentials_only_from_a_host_of_the_provider(bool isNetwork)
    {
        Assert.True(NetPrefix.TryParse("198.18.7.7/32", out var prefix));
        var (rig, ada, _) = Rig(p => p with { Prefixes = isNetwork ? [prefix] : [] });
        var eve = new ScriptedPhone(rig.Network, "eve", NetAddress.FromV4(0xC6120707, 5060), ExchangeRig.ServerAddress);
        var e = eve.Dial("x");
        e.RemoteTarget = "sip:tokenp1@198.51.100.1:5060";
        e.RemoteUri = $"<sip:{Did}@provider.test>";
        e.LocalUri = "<sip:0301111111@provider.test>";
        e.Invite(Sdp.Audio(port: 40000));
        eve.Expect("100");
        var invite = ada.Expect("INVITE");
        var a = ada.Take(invite);
        a.Reply(invite, 200, Sdp.Audio(port: 30000));
        ada.Expect("ACK");
        e.Ack(eve.Expect("200 INVITE"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        var first = eve.Expect("BYE");
        e.Reply(first, 407, "", Challenge(407, "n1"));
        if (isNetwork)
        {
            var second = eve.Expect("BYE");
            Assert.Contains("nonce=\"n1\"", Credentials(second), StringComparison.Ordinal);
            e.Reply(second, 200);
        }
        else
        {
            eve.ExpectNothing();
        }

        Finish(rig);
    }

    [Fact]
    public void Two_calls_that_are_asked_at_once_both_answer()
    {
        var (rig, ada, carrier) = Rig();
        var bob = rig.Phone("101");
        var a = ada.Dial("030123457");
        var b = bob.Dial("030123458");
        a.Invite(Sdp.Audio(port: 30000));
        b.Invite(Sdp.Audio(port: 30010));
        var invites = new[] { carrier.Expect("INVITE"), carrier.Expect("INVITE") };
        foreach (var (invite, nonce) in invites.Zip(["n1", "n2"]))
            carrier.Take(invite).Reply(invite, 407, "", Challenge(407, nonce));
        rig.Run(0.1);
        var again = carrier.Unread.Where(m => m.Method == "INVITE").ToList();
        Assert.Equal(2, again.Count);
        Assert.All(again, m => Assert.NotEqual("", Credentials(m)));
        foreach (var invite in again)
            carrier.Take(invite).Reply(invite, 486);
        a.AckRefusal(ada.Expect("486"));
        b.AckRefusal(bob.Expect("486"));
        Finish(rig);
    }

    private static void Send(PhoneDialog a, string method)
    {
        switch (method)
        {
            case "INVITE":
                a.Invite(Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
                break;
            case "UPDATE":
                a.Send("UPDATE", Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
                break;
            case "INFO":
                a.Send("INFO", "<x/>", "Content-Type: application/media_control+xml");
                break;
            case "MESSAGE":
                a.Send("MESSAGE", "hello", "Content-Type: text/plain");
                break;
            default:
                a.Send(method);
                break;
        }
    }

    // The provider takes it, and the phone that asked hears so.
    private static void Finish(string method, PhoneDialog a, PhoneDialog c, ScriptedPhone ada, ScriptedPhone carrier, WireMessage request)
    {
        if (method == "BYE")
        {
            ada.Expect("200 BYE");
            c.Reply(request, 200);
            return;
        }

        if (method is "INVITE" or "UPDATE")
            c.Reply(request, 200, Sdp.Audio(port: 40000, direction: "recvonly", version: 2), Allow);
        else
            c.Reply(request, 200);
        if (method == "INVITE")
        {
            // §13.2.2.4: the ACK carries the credentials of its INVITE.
            Assert.Equal(Credentials(request), Credentials(carrier.Expect("ACK")));
            a.Ack(ada.Expect("200 INVITE"));
        }
        else
        {
            ada.Expect("200 " + method);
        }
    }

    private static void End(PhoneDialog a, PhoneDialog c, ScriptedPhone ada, ScriptedPhone carrier)
    {
        a.Send("BYE");
        ada.Expect("200 BYE");
        c.Reply(carrier.Expect("BYE"), 200);
    }

    private static string Credentials(WireMessage message) => message["Authorization"] + message["Proxy-Authorization"];

    private static string Challenge(int status, string nonce, string realm = "provider") =>
        $"{(status == 401 ? "WWW" : "Proxy")}-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\"";

    private static (PhoneDialog A, PhoneDialog C) Talk(ScriptedPhone ada, ScriptedPhone carrier, string nonce = "")
    {
        var a = ada.Dial("030123457");
        a.Invite(Sdp.Audio(port: 30000), Allow);
        var invite = carrier.Expect("INVITE");
        if (nonce.Length > 0)
        {
            carrier.Take(invite).Reply(invite, 407, "", Challenge(407, nonce));
            carrier.Expect("ACK");
            invite = carrier.Expect("INVITE");
        }

        var c = carrier.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 40000), Allow);
        carrier.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        return (a, c);
    }

    private static void Finish(ExchangeRig rig)
    {
        rig.Run(40);
        Assert.Equal(0, rig.Exchange.Trunks.UsageOf(new ProfileId("p1")).Calls);
        rig.Profiles.Remove(new ProfileId("p1"));
        Assert.Equal("", rig.Leftovers());
    }

    // The provider is at an address that the profile does not name: by name only, as most are.
    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Carrier) Rig(Func<SipProfile, SipProfile>? change = null)
    {
        var rig = new ExchangeRig(dns: new DnsZone("sip.provider.test 300 A 203.0.113.1"));
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        var profile = ProfileSamples.Profile() with { Registers = false, Server = "sip.provider.test", Port = 5060, Numbers = new NumberPlan("49") };
        rig.Profiles.Save((change ?? (p => p))(profile));
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, Did, null, "100"));
        rig.Exchange.StartProfiles();
        var ada = rig.Phone("100");
        rig.Run(0.1);
        return (rig, ada, carrier);
    }
}
