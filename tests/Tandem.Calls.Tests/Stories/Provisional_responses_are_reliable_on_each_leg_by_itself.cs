using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class Provisional_responses_are_reliable_on_each_leg_by_itself
{
    // RFC 3262 §3: the caller requires it, the callee knows nothing of it.
    [Fact]
    public void A_caller_that_requires_100rel_gets_it()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), "Require: 100rel");
        var invite = bob.Expect("INVITE");
        Assert.False(invite.Has("Require"));
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        var ringing = ada.Expect("180");
        Assert.True(ringing.Lists("Require", "100rel"));
        a.Prack(ringing);
        ada.Expect("200 PRACK");
        b.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.Equal(ok.ToTag, ringing.ToTag);
        var cseq = a.LastCSeq;
        a.Ack(ok);
        Assert.Equal(2, cseq);
        a.Send("BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3262 §4: the callee sends reliably, the caller knows nothing of it.
    [Fact]
    public void A_callee_that_sends_reliably_gets_its_prack_from_the_exchange()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        Assert.True(invite.Lists("Supported", "100rel"));
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio(port: 41000), "Require: 100rel", "RSeq: 77");
        var prack = bob.Expect("PRACK");
        Assert.Equal("77 1 INVITE", prack["RAck"]);
        b.Reply(prack, 200);
        var progress = ada.Expect("183");
        Assert.False(progress.Has("RSeq"));
        Assert.NotEqual("", progress.Body);

        // RFC 3262 §5: the answer was given, the 200 has none.
        b.Reply(invite, 200);
        bob.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.Equal(progress.Body, ok.Body);
        a.Ack(ok);
        a.Send("BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3262 §3: no 2xx before the provisional response with the answer was acknowledged.
    [Fact]
    public void The_200_waits_for_the_prack_of_early_media()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), "Supported: 100rel");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio());
        var progress = ada.Expect("183");
        b.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        ada.ExpectNothing(2);
        a.Prack(progress);
        ada.Expect("200 PRACK");
        a.Ack(ada.Expect("200 INVITE"));
        a.Send("BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.Completed, rig.Events.Record.Verdict.Reason);
    }

    // RFC 3262 §3: 64*T1 without a PRACK, and the call ends.
    [Fact]
    public void A_caller_that_never_acknowledges_loses_the_call()
    {
        var rig = new ExchangeRig(new CallOptions { SetupTimeout = TimeSpan.FromSeconds(120) });
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), "Require: 100rel");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio());
        ada.Expect("183");
        b.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        a.AckRefusal(ada.Expect("504", seconds: 40));
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
        var verdict = rig.Events.Record.Verdict;
        Assert.Equal((EndReason.CallerLost, 504, CallSide.Caller), (verdict.Reason, verdict.SipStatus, verdict.EndedBy));
        Assert.Null(rig.Events.Record.AnsweredAt);
    }
}
