using Tandem.Calls.Calls;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class An_extension_forwards_its_calls
{
    [Fact]
    public void All_of_them_without_ringing_here()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set("101", new ExtensionFeatures { ForwardAlways = "102" });
        Converse(ada.Dial("101"), ada, eve);
        Assert.Empty(bob.Unread);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal("Created Ringing Answered Ended", rig.Events.Story);
    }

    // RFC 7044 §5, RFC 5806 §3: who takes the call sees whom it was for, and why it came.
    [Fact]
    public void And_says_where_it_was_before()
    {
        var rig = new ExchangeRig(new CallOptions { Domain = "example.org" });
        var (ada, _, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set("101", new ExtensionFeatures { ForwardAlways = "102" });
        ada.Dial("101").Invite(Sdp.Audio());
        var invite = eve.Expect("INVITE");
        Assert.Equal("<sip:101@example.org>;reason=unconditional;counter=1", invite["Diversion"]);
        Assert.Contains("<sip:101@example.org>;index=1, <", invite["History-Info"], StringComparison.Ordinal);
        Assert.Contains(";cause=302>;index=1.1;mp=1", invite["History-Info"], StringComparison.Ordinal);
        eve.Take(invite).Reply(invite, 486);
        eve.Expect("ACK");
        ada.Expect("486");
    }

    [Theory]
    [InlineData(486)]
    [InlineData(603)]
    public void When_its_phone_is_busy_or_declines(int status)
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set("101", new ExtensionFeatures { ForwardBusy = "102" });
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, status);
        bob.Expect("ACK");
        eve.Converse(ada, a, rings: true);
        Assert.Equal("", rig.Leftovers());
    }

    // The one too many goes on, and the next one rings again when a call is over.
    [Fact]
    public void When_it_has_as_many_calls_as_it_may()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve, dan) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"), rig.Phone("103"));
        rig.Set("101", new ExtensionFeatures { MaxCalls = 1, ForwardBusy = "102" });
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        var d = dan.Dial("101");
        d.Invite(Sdp.Audio());
        eve.Converse(dan, d);
        Assert.Empty(bob.Unread);
        ada.HangUp(a, bob, b);
        d = dan.Dial("101");
        d.Invite(Sdp.Audio());
        bob.Converse(dan, d);
        Assert.Equal("", rig.Leftovers());
    }

    // The caller's one early dialog lasts: it hears ringing twice, and one answer.
    [Fact]
    public void When_nobody_answers()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        rig.Set("101", new ExtensionFeatures { ForwardNoAnswer = "102", RingSeconds = 10 });
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        var first = ada.Expect("180");
        bob.ExpectNothing(9.9);
        bob.TakeCancel(b, invite, seconds: 1);
        var next = eve.Expect("INVITE");
        var e = eve.Take(next);
        e.Reply(next, 180);
        Assert.Equal(first["To"], ada.Expect("180")["To"]);
        e.Reply(next, 200, Sdp.Audio(port: 40000));
        eve.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.Equal(first["To"], ok["To"]);
        a.Ack(ok);
        Assert.Equal(["102"], rig.Exchange.LiveCalls.Single().Others);
        ada.HangUp(a, eve, e);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void While_no_phone_is_registered()
    {
        var rig = new ExchangeRig();
        var (ada, eve) = (rig.Phone("100"), rig.Phone("102"));
        rig.Set("101", new ExtensionFeatures { ForwardUnreachable = "102", ForwardNoAnswer = "103" });
        Converse(ada.Dial("101"), ada, eve);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void To_several_places_one_after_the_other()
    {
        var rig = new ExchangeRig();
        var (ada, bob, eve, dan) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"), rig.Phone("103"));
        rig.Set("101", new ExtensionFeatures { RingSeconds = 5, FollowMe = [new FollowMeBody { To = "102", RingSeconds = 7 }], ForwardNoAnswer = "103" });
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        GiveUp(ada, bob, 5);
        GiveUp(ada, eve, 7);
        dan.Converse(ada, a, rings: true);
        Assert.Equal("", rig.Leftovers());
    }

    // Whoever forwards to himself by way of others is found out before anybody rings.
    [Fact]
    public void But_not_in_a_circle()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        rig.Set("101", new ExtensionFeatures { ForwardAlways = "102" });
        rig.Set("102", new ExtensionFeatures { ForwardAlways = "103" });
        rig.Set("103", new ExtensionFeatures { ForwardAlways = "101" });
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("482"));
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.LoopDetected, rig.Events.Record.Verdict.Reason);
    }

    [Fact]
    public void And_is_busy_to_all_while_it_does_not_want_to_be_disturbed()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        rig.Set("101", new ExtensionFeatures { DoNotDisturb = true });
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("486"));
        Assert.Empty(bob.Unread);
        Assert.Equal("", rig.Leftovers());
    }

    // The toll guard stands before it, and it is the extension that answers for the call, not who called it.
    [Fact]
    public void To_outside_as_far_as_the_toll_guard_lets_it()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        rig.Profiles.Save(new SipProfile { Id = new ProfileId("main"), Tenant = Tandem.Calls.Tenants.TenantId.Default, Name = "main", Server = "192.0.2.9", Token = "tok-main", Numbers = new NumberPlan("44") });
        rig.Set("101", new ExtensionFeatures { ForwardAlways = "00870123456789" });
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("403"));
        var trip = Assert.IsType<TollTripped>(rig.Events.All.Single(e => e is TollTripped));
        Assert.Equal("101", trip.Caller);
    }

    private static void Converse(PhoneDialog a, ScriptedPhone caller, ScriptedPhone callee)
    {
        a.Invite(Sdp.Audio());
        callee.Converse(caller, a, rings: true);
    }

    private static void GiveUp(ScriptedPhone caller, ScriptedPhone phone, double seconds)
    {
        var invite = phone.Expect("INVITE");
        var dialog = phone.Take(invite);
        dialog.Reply(invite, 180);
        caller.Expect("180");
        phone.TakeCancel(dialog, invite, seconds + 1);
    }
}
