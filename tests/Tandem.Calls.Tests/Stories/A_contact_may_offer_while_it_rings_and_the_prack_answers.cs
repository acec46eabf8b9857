using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3262 §5: an INVITE without an offer, the offer in a reliable 18x, the answer in its PRACK.</summary>
public class A_contact_may_offer_while_it_rings_and_the_prack_answers
{
    [Fact]
    public void Offer_and_answer_pass_and_the_200_has_none()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite("", "Supported: 100rel");
        var invite = bob.Expect("INVITE");
        Assert.True(invite.Lists("Supported", "100rel"));
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio(port: 40000), "Require: 100rel", "RSeq: 9");
        var progress = ada.Expect("183");
        Assert.True(progress.Lists("Require", "100rel"));
        Assert.Contains(FakeMediaService.Host, progress.Body, StringComparison.Ordinal);
        bob.ExpectNothing(0.2);

        a.Prack(progress, Sdp.Audio(port: 30000));
        ada.Expect("200 PRACK");
        var prack = bob.Expect("PRACK");
        Assert.Equal("9 1 INVITE", prack["RAck"]);
        Assert.Contains(FakeMediaService.Host, prack.Body, StringComparison.Ordinal);
        b.Reply(prack, 200);
        b.Reply(invite, 200);
        Assert.Equal("", bob.Expect("ACK").Body);
        var ok = ada.Expect("200 INVITE");
        Assert.Equal("", ok.Body);
        a.Ack(ok);
        Assert.Equal(30000, Sdp.PortOf(rig.Media.Last!.InForce(CallSide.Caller)));
        Assert.Equal(40000, Sdp.PortOf(rig.Media.Last!.InForce(CallSide.Callee)));
        rig.Run(1);
        a.Send("BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.Completed, rig.Events.Record.Verdict.Reason);
    }

    // §5: who cannot answer in a PRACK of its own is not asked to, and of several contacts none.
    [Theory]
    [InlineData("Supported: timer", 1)]
    [InlineData("Supported: 100rel", 2)]
    public void Otherwise_100rel_is_not_offered(string supported, int contacts)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var phones = Enumerable.Range(0, contacts).Select(_ => rig.Phone("101")).ToList();
        var a = ada.Dial("101");
        a.Invite("", supported);
        foreach (var phone in phones)
        {
            var invite = phone.Expect("INVITE");
            Assert.False(invite.Lists("Supported", "100rel"));
            phone.Take(invite).Reply(invite, 486);
            phone.Expect("ACK");
        }

        a.AckRefusal(ada.Expect("486"));
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3264 §4: an answer that is none ends the call, on both sides.
    [Fact]
    public void An_answer_that_is_none_ends_the_call()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite("", "Supported: 100rel");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio(port: 40000), "Require: 100rel", "RSeq: 9");
        a.Prack(ada.Expect("183"), "nonsense");
        ada.Expect("400 PRACK");
        var refused = ada.Expect("488 INVITE");
        Assert.True(refused.Has("Reason"));
        a.RemoteTag = "";
        a.AckRefusal(refused);
        bob.TakeCancel(b, invite);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.NotAcceptable, rig.Events.Record.Verdict.Reason);
    }

    // RFC 3261 §13.2.1: the ACK should have had the answer. BYE to both, with a Reason.
    [Fact]
    public void An_ack_without_the_answer_is_answered_by_bye_with_a_reason()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite("", "Supported: 100rel");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        a.Ack(ada.Expect("200 INVITE"));
        bob.Expect("ACK");
        var (toBob, toAda) = (bob.Expect("BYE"), ada.Expect("BYE"));
        Assert.Equal(("Q.850;cause=88", "Q.850;cause=88"), (toBob["Reason"], toAda["Reason"]));
        b.Reply(toBob, 200);
        a.Reply(toAda, 200);
        Assert.Equal("", rig.Leftovers());
    }

    // A 2xx without any offer cannot become a call.
    [Fact]
    public void A_200_without_an_offer_counts_as_a_refusal()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite();
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200);
        bob.Expect("ACK");
        b.Reply(bob.Expect("BYE"), 200);
        a.AckRefusal(ada.Expect("400"));
        Assert.Equal("", rig.Leftovers());
    }
}
