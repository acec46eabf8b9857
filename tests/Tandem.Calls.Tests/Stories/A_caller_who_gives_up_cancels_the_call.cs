using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_caller_who_gives_up_cancels_the_call
{
    // RFC 3261 §9; RFC 3326: the reason of the caller reaches the callee.
    [Fact]
    public void The_caller_gets_487_and_the_callee_a_cancel_with_the_reason()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");

        a.Cancel("Reason: SIP;cause=600;text=\"Busy Everywhere\", X.9;cause=1");
        ada.Expect("200 CANCEL");
        var refused = ada.Expect("487");
        a.AckRefusal(refused);
        var cancel = bob.Expect("CANCEL");
        Assert.Equal("SIP;cause=600;text=\"Busy Everywhere\"", cancel["Reason"]);
        b.Reply(cancel, 200);
        b.Reply(invite, 487);
        bob.Expect("ACK");

        Assert.Equal("", rig.Leftovers());
        Assert.Equal("Created Ringing Ended", rig.Events.Story);
        Assert.Equal((EndReason.Cancelled, 487, CallSide.Caller, ResultClass.Client), Facts(rig.Events.Record.Verdict));
        Assert.Equal(TimeSpan.Zero, rig.Events.Record.Duration);
    }

    // RFC 3261 §9.1: no CANCEL before a provisional response came.
    [Fact]
    public void The_cancel_waits_for_the_first_provisional_response_of_the_callee()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        a.Cancel();
        ada.Expect("200 CANCEL");
        a.AckRefusal(ada.Expect("487"));
        bob.ExpectNothing(0.2);

        var b = bob.Take(invite);
        b.Reply(invite, 180);
        bob.TakeCancel(b, invite);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3261 §9.1, §13.2.2.4: CANCEL and 200 cross; the answer that nobody wants is acknowledged and ended.
    [Fact]
    public void A_200_that_crosses_the_cancel_gets_ack_and_bye()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");

        a.Cancel();
        var cancel = bob.Expect("CANCEL");
        b.Reply(invite, 200, Sdp.Audio());
        b.Reply(cancel, 200);
        bob.Expect("ACK");
        var bye = bob.Expect("BYE");
        b.Reply(bye, 200);
        ada.Expect("200 CANCEL");
        a.AckRefusal(ada.Expect("487"));

        Assert.Equal("", rig.Leftovers());
        Assert.Equal((EndReason.Cancelled, 487, CallSide.Caller, ResultClass.Client), Facts(rig.Events.Record.Verdict));
    }

    // RFC 3261 §9.2: a CANCEL after the final response has no effect; the caller then ends the call with BYE.
    [Fact]
    public void A_cancel_that_crosses_our_200_changes_nothing()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        a.Cancel();
        var ok = ada.Expect("200 INVITE");
        ada.Expect("200 CANCEL");
        a.Ack(ok);
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);

        Assert.Equal("", rig.Leftovers());
        Assert.Equal((EndReason.Completed, 200, CallSide.Caller, ResultClass.Success), Facts(rig.Events.Record.Verdict));
    }

    // RFC 3261 §15: a caller may end an early dialog with BYE.
    [Fact]
    public void A_bye_before_the_answer_ends_the_call_like_a_cancel()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        a.Learn(ada.Expect("180"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        var refused = ada.Expect("487");
        Assert.Equal("INVITE", refused.Method);
        bob.TakeCancel(b, invite);
        Assert.Equal(EndReason.Cancelled, rig.Events.Record.Verdict.Reason);
    }

    private static (EndReason, int, CallSide, ResultClass) Facts(Verdict verdict) =>
        (verdict.Reason, verdict.SipStatus, verdict.EndedBy, verdict.Result);
}
