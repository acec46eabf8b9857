using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_call_that_loses_something_ends_by_itself
{
    [Theory]
    [InlineData(CallSide.Caller)]
    [InlineData(CallSide.Callee)]
    public void No_media_from_a_side(CallSide side)
    {
        var call = new TalkingCall();
        call.Rig.Media.Last!.FallSilent(side);
        ExpectByes(call);
        Check(call, EndReason.MediaTimeout, side, ResultClass.Upstream);
    }

    [Fact]
    public void The_maximum_duration_is_over()
    {
        var call = new TalkingCall(new CallOptions { MaximumDuration = TimeSpan.FromSeconds(60), SessionTimers = false });
        call.Rig.Run(58);
        Assert.Single(call.Rig.Calls);
        ExpectByes(call);
        Check(call, EndReason.MaximumDuration, CallSide.Exchange, ResultClass.Success);
    }

    [Fact]
    public void The_operator_clears_the_calls()
    {
        var call = new TalkingCall();
        Assert.Equal(1, call.Rig.Exchange.ClearCalls(TenantId.Default));
        ExpectByes(call);
        Check(call, EndReason.ClearedByOperator, CallSide.Exchange, ResultClass.Server);
    }

    [Fact]
    public void The_operator_clears_a_call_that_rings()
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
        Assert.True(rig.Exchange.HangUp(Assert.Single(rig.Calls).Id));
        a.AckRefusal(ada.Expect("480"));
        b.Reply(bob.Expect("CANCEL"), 200);
        b.Reply(invite, 487);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.ClearedByOperator, rig.Events.Record.Verdict.Reason);
        Assert.False(rig.Exchange.HangUp(rig.Events.Record.Id));
    }

    // RFC 3261 §13.3.1.4: the 200 is repeated for 64*T1, then BYE.
    [Fact]
    public void The_caller_never_acknowledges()
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
        ada.Expect("200 INVITE");
        b.Reply(bob.Expect("BYE", seconds: 33), 200);
        a.Reply(ada.Expect("BYE"), 481);
        Assert.Equal(10, ada.Copies);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal((EndReason.CallerLost, CallSide.Caller), (rig.Events.Record.Verdict.Reason, rig.Events.Record.Verdict.EndedBy));
    }

    // RFC 3261 §15: BYE waits for the ACK of our 200.
    [Fact]
    public void The_callee_hangs_up_before_the_caller_acknowledged()
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
        var ok = ada.Expect("200 INVITE");
        b.Send("BYE");
        bob.Expect("200 BYE");
        ada.ExpectNothing(0.3);
        a.Ack(ok);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal((EndReason.Completed, CallSide.Callee), (rig.Events.Record.Verdict.Reason, rig.Events.Record.Verdict.EndedBy));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_far_phone_does_not_answer_an_info(bool isKey)
    {
        var call = new TalkingCall();
        call.A.Send("INFO", "Signal=1\r\n", "Content-Type: " + (isKey ? "application/dtmf-relay" : "text/plain"));
        if (isKey)
            call.Ada.Expect("200 INFO");
        call.Bob.Expect("INFO");

        // Her own request, where it passed, has timed out by then (timer F): there is nothing to answer any more.
        call.A.Reply(call.Ada.Expect("BYE", seconds: 33), 200);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        Check(call, EndReason.CalleeLost, CallSide.Callee, ResultClass.Upstream);
    }

    // RFC 3261 §8.1.3.1: a transport that fails counts as 503; with no contact left the callee is unavailable.
    [Fact]
    public void The_callee_cannot_be_reached()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        rig.Node.Unreachable.Add(bob.Address);
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("480"));
        Assert.Equal("", rig.Leftovers());
        var verdict = rig.Events.Record.Verdict;
        Assert.Equal((EndReason.TransportFailed, ResultClass.Upstream, 480), (verdict.Reason, verdict.Result, verdict.SipStatus));
    }

    [Fact]
    public void The_connection_of_a_phone_breaks_in_a_call()
    {
        var call = new TalkingCall();
        call.Rig.Node.Unreachable.Add(call.Bob.Address);
        call.A.Send("INFO", "x", "Content-Type: text/plain");
        call.Ada.Expect("500 INFO");
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        Check(call, EndReason.TransportFailed, CallSide.Callee, ResultClass.Upstream);
    }

    [Fact]
    public void The_connection_of_the_caller_breaks_while_it_rings()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        ada.Dial("101").Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        rig.Node.Unreachable.Add(ada.Address);
        b.Reply(invite, 180);
        b.Reply(bob.Expect("CANCEL"), 200);
        b.Reply(invite, 487);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal((EndReason.TransportFailed, CallSide.Caller), (rig.Events.Record.Verdict.Reason, rig.Events.Record.Verdict.EndedBy));
    }

    // Both hang up at the same moment: both are content.
    [Fact]
    public void Two_byes_that_cross_are_both_answered()
    {
        var call = new TalkingCall();
        call.A.Send("BYE");
        call.B.Send("BYE");
        call.Ada.Expect("200 BYE");
        var first = call.Bob.Expect("BYE");
        call.B.Reply(first, 200);
        call.Bob.Expect("200 BYE");
        Check(call, EndReason.Completed, CallSide.Caller, ResultClass.Success);
    }

    [Fact]
    public void A_fault_in_the_calls_own_code_ends_that_call_only()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Rig.Media.Last!.Broken = true;
        call.A.Invite(Sdp.Audio(version: 2));
        call.Ada.Expect("487");
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        Assert.Single(call.Rig.Faults);
        Assert.Equal(1, call.Rig.Exchange.Statistics().Faults);
        Assert.Equal((EndReason.ServerError, ResultClass.Server), (call.Rig.Events.Record.Verdict.Reason, call.Rig.Events.Record.Verdict.Result));

        var c = cleo.Dial("101");
        c.Invite(Sdp.Audio());
        var invite = call.Bob.Expect("INVITE");
        call.Bob.Take(invite).Reply(invite, 486);
        c.AckRefusal(cleo.Expect("486"));
        call.Rig.Faults.Clear();
        Assert.Equal("", call.Rig.Leftovers());
    }

    private static void ExpectByes(TalkingCall call)
    {
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
    }

    private static void Check(TalkingCall call, EndReason reason, CallSide by, ResultClass result)
    {
        Assert.Equal("", call.Rig.Leftovers());
        var verdict = call.Rig.Events.Record.Verdict;
        Assert.Equal((reason, by, result, 200), (verdict.Reason, verdict.EndedBy, verdict.Result, verdict.SipStatus));
    }
}
