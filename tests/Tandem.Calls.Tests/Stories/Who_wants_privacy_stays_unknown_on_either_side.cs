using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3323, RFC 3325: what the callee learns of the caller, and the caller of the callee.</summary>
public class Who_wants_privacy_stays_unknown_on_either_side
{
    private const string Own = "<sip:100@198.51.100.1>";

    // RFC 3323 §4.2, §5; RFC 3325 §7, §9.2, §9.3. Headers of the INVITE; From hidden; P-Asserted-Identity hidden; Subject hidden.
    [Theory]
    [InlineData("Privacy: id", true, true, false)]
    [InlineData("Privacy: user", true, true, true)]
    [InlineData("Privacy: header", true, true, true)]
    [InlineData("Privacy: header;user;id;critical", true, true, true)]
    [InlineData("Privacy: session", false, false, false)]
    [InlineData("Privacy: session;critical", false, false, false)]
    [InlineData("Privacy: history", false, false, false)]
    [InlineData("Privacy: none", false, false, false)]
    [InlineData("Privacy: none;id", false, false, false)]
    [InlineData("Privacy: ID , User", true, true, true)]
    [InlineData("Privacy: unheard-of", false, false, false)]
    [InlineData("Proxy-Require: privacy", false, false, false)]
    [InlineData("P-Preferred-Identity: <sip:101@198.51.100.1>", false, false, false)]
    public void The_callee_sees_of_the_caller(string headers, bool hidesFrom, bool hidesAssertion, bool hidesSubject)
    {
        var (rig, ada, bob) = Rig();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), [.. headers.Split('|'), "Subject: lunch", "P-Asserted-Identity: <sip:666@evil>"]);
        var invite = bob.Expect("INVITE");
        Check(invite, hidesFrom, hidesAssertion);
        Assert.Equal(hidesSubject ? "" : "lunch", invite["Subject"]);
        Assert.DoesNotContain("666", invite.ToString(), StringComparison.Ordinal);
        Assert.False(invite.Has("Privacy"));
        Refuse(rig, ada, bob, a, invite);
    }

    // RFC 3323 §4.1.1.3: a phone may hide itself in From. Its P-Preferred-Identity counts when it is its own (RFC 3325 §9.2).
    [Theory]
    [InlineData("", true, true)]
    [InlineData("P-Preferred-Identity: " + Own, true, false)]
    [InlineData("P-Preferred-Identity: <sip:101@198.51.100.1>", true, true)]
    [InlineData("P-Preferred-Identity: " + Own + "|Privacy: id", true, true)]
    [InlineData("Privacy: none", true, false)]
    public void A_caller_that_writes_an_anonymous_from(string headers, bool hidesFrom, bool hidesAssertion)
    {
        var rig = new ExchangeRig(credentials: true);
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.LocalUri = "\"Anonymous\" <sip:c8oqz84zk7z@anonymous.invalid>";
        a.Invite(Sdp.Audio());
        var challenge = ada.Expect("407");
        a.AckRefusal(challenge);
        var credentials = DigestAnswer.Header(challenge, "INVITE", "sip:101@198.51.100.1", "100", "secret-100");
        a.Invite(Sdp.Audio(), headers.Length == 0 ? [credentials] : [credentials, .. headers.Split('|')]);
        var invite = bob.Expect("INVITE");
        Check(invite, hidesFrom, hidesAssertion);
        Refuse(rig, ada, bob, a, invite);
    }

    // RFC 3323 §5: a critical wish that we do not know fails the request, with a reason in words.
    [Fact]
    public void A_critical_wish_that_we_do_not_know_is_500()
    {
        var (rig, ada, bob) = Rig();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), "Privacy: invisibility;critical");
        var refused = ada.Expect("500");
        Assert.Contains("Privacy", refused.StartLine, StringComparison.Ordinal);
        a.AckRefusal(refused);
        Assert.Empty(bob.Unread);
        Assert.Equal("", rig.Leftovers());
        Assert.Empty(rig.Events.All);
    }

    // RFC 3325 §7 in the other direction: the contact's last word counts.
    [Theory]
    [InlineData("", true)]
    [InlineData("Privacy: id", false)]
    [InlineData("Privacy: user;critical", false)]
    [InlineData("Privacy: none", true)]
    public void The_caller_sees_of_the_callee(string header, bool isShown)
    {
        var (rig, ada, bob) = Rig();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        string[] headers = header.Length == 0 ? [] : [header];
        b.Reply(invite, 180, "", headers);
        Assert.Equal(isShown, ada.Expect("180").Has("P-Asserted-Identity"));
        b.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.Equal(isShown, ok.Has("P-Asserted-Identity"));
        Assert.False(ok.Has("Privacy"));
        a.Ack(ok);
        a.Send("BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Bob) Rig()
    {
        var rig = new ExchangeRig();
        return (rig, rig.Phone("100"), rig.Phone("101"));
    }

    private static void Check(WireMessage invite, bool hidesFrom, bool hidesAssertion)
    {
        Assert.Equal(hidesFrom, invite["From"].StartsWith("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=", StringComparison.Ordinal));
        Assert.Equal(!hidesAssertion, invite.Has("P-Asserted-Identity"));
        Assert.Equal(hidesFrom ? "sip:198.51.100.1:5060" : "sip:100@198.51.100.1:5060", invite.ContactUri);
        if (hidesFrom && hidesAssertion)
            Assert.DoesNotContain("100@", invite.ToString(), StringComparison.Ordinal);
    }

    private static void Refuse(ExchangeRig rig, ScriptedPhone ada, ScriptedPhone bob, PhoneDialog a, WireMessage invite)
    {
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        Assert.Equal("", rig.Leftovers());
        Assert.Equal((EndReason.Busy, "100"), (rig.Events.Record.Verdict.Reason, rig.Events.Record.CallerNumber));
    }
}
