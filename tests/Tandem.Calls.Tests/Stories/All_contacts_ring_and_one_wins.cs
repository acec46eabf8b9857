using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class All_contacts_ring_and_one_wins
{
    // RFC 3261 §16.7; RFC 3326 §3.2.
    [Fact]
    public void The_first_answer_connects_and_the_others_are_cancelled()
    {
        var (rig, ada, desk, mobile) = Phones();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var (toDesk, toMobile) = (desk.Expect("INVITE"), mobile.Expect("INVITE"));
        Assert.NotEqual(toDesk.CallId, toMobile.CallId);
        var (d, m) = (desk.Take(toDesk), mobile.Take(toMobile));
        d.Reply(toDesk, 180);
        m.Reply(toMobile, 180);
        ada.Expect("180");
        ada.Expect("180");

        m.Reply(toMobile, 200, Sdp.Audio(port: 40000));
        mobile.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        var cancel = desk.Expect("CANCEL");
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", cancel["Reason"]);
        d.Reply(cancel, 200);
        d.Reply(toDesk, 487);
        desk.Expect("ACK");

        m.Send("BYE");
        mobile.Expect("200 BYE");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal("Created Ringing Answered Ended", rig.Events.Story);
        Assert.Equal(mobile.Address.ToString(), rig.Events.Record.CalleeAddress);
        Assert.Equal(toMobile.CallId, rig.Events.Record.CalleeSipCallId);
    }

    // RFC 3261 §13.2.2.4: no ghost call.
    [Fact]
    public void A_second_answer_that_comes_too_late_is_acknowledged_and_ended()
    {
        var (rig, ada, desk, mobile) = Phones();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var (toDesk, toMobile) = (desk.Expect("INVITE"), mobile.Expect("INVITE"));
        var (d, m) = (desk.Take(toDesk), mobile.Take(toMobile));
        d.Reply(toDesk, 180);
        m.Reply(toMobile, 180);
        d.Reply(toDesk, 200, Sdp.Audio(port: 41000));
        m.Reply(toMobile, 200, Sdp.Audio(port: 42000));
        rig.Run(0.01);

        desk.Expect("ACK");
        m.Reply(mobile.Expect("CANCEL"), 200);
        mobile.Expect("ACK");
        m.Reply(mobile.Expect("BYE"), 200);
        ada.Expect("180");
        ada.Expect("180");
        var ok = ada.Expect("200 INVITE");
        a.Ack(ok);
        ada.ExpectNothing();
        desk.ExpectNothing();
        Assert.Equal(CallState.Established, Assert.Single(rig.Calls).State);
        a.Send("BYE");
        d.Reply(desk.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
        Assert.Single(rig.Events.Records);
    }

    [Fact]
    public void The_caller_hears_the_best_refusal_when_all_refuse()
    {
        var (rig, ada, desk, mobile) = Phones();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var (toDesk, toMobile) = (desk.Expect("INVITE"), mobile.Expect("INVITE"));
        desk.Take(toDesk).Reply(toDesk, 486);
        ada.ExpectNothing(1);
        mobile.Take(toMobile).Reply(toMobile, 404);
        a.AckRefusal(ada.Expect("486"));
        Assert.Equal(EndReason.Busy, rig.Events.Record.Verdict.Reason);
    }

    // RFC 3261 §16.7 item 5: a 6xx is for all.
    [Fact]
    public void A_6xx_of_one_contact_ends_the_call_for_all()
    {
        var (rig, ada, desk, mobile) = Phones();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var (toDesk, toMobile) = (desk.Expect("INVITE"), mobile.Expect("INVITE"));
        var d = desk.Take(toDesk);
        d.Reply(toDesk, 180);
        ada.Expect("180");
        mobile.Take(toMobile).Reply(toMobile, 603);
        a.AckRefusal(ada.Expect("603"));
        d.Reply(desk.Expect("CANCEL"), 200);
        d.Reply(toDesk, 487);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.Rejected, rig.Events.Record.Verdict.Reason);
    }

    // RFC 3261 §13.1: one INVITE, two 200s from behind a forking contact.
    [Fact]
    public void A_second_phone_behind_the_same_contact_is_ended()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var first = bob.Take(invite);
        var second = bob.Take(invite);
        first.Reply(invite, 200, Sdp.Audio());
        Assert.Equal(first.LocalTag, bob.Expect("ACK").ToTag);
        second.Reply(invite, 200, Sdp.Audio());
        Assert.Equal(second.LocalTag, bob.Expect("ACK").ToTag);
        var bye = bob.Expect("BYE");
        Assert.Equal(second.LocalTag, bye.ToTag);
        second.Reply(bye, 200);
        a.Ack(ada.Expect("200 INVITE"));
        a.Send("BYE");
        bye = bob.Expect("BYE");
        Assert.Equal(first.LocalTag, bye.ToTag);
        first.Reply(bye, 200);
        Assert.Equal("", rig.Leftovers());
    }

    // An answer without usable SDP counts as a refusal, and the other contact may still win.
    [Fact]
    public void An_answer_that_cannot_be_relayed_does_not_end_the_call()
    {
        var (rig, ada, desk, mobile) = Phones();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var (toDesk, toMobile) = (desk.Expect("INVITE"), mobile.Expect("INVITE"));
        var (d, m) = (desk.Take(toDesk), mobile.Take(toMobile));
        d.Reply(toDesk, 200, "garbage");
        desk.Expect("ACK");
        d.Reply(desk.Expect("BYE"), 200);
        m.Reply(toMobile, 200, Sdp.Audio());
        mobile.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        a.Send("BYE");
        m.Reply(mobile.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.Completed, rig.Events.Record.Verdict.Reason);
    }

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Desk, ScriptedPhone Mobile) Phones()
    {
        var rig = new ExchangeRig();
        return (rig, rig.Phone("100"), rig.Phone("101"), rig.Phone("101"));
    }
}
