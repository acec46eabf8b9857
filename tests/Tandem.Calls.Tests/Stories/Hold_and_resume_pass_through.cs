using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class Hold_and_resume_pass_through
{
    // RFC 3261 §14; RFC 3264 §8.4.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void By_reinvite_of_either_side(bool byCaller)
    {
        var call = new TalkingCall();
        var (holder, held, h, o) = byCaller ? (call.Ada, call.Bob, call.A, call.B) : (call.Bob, call.Ada, call.B, call.A);

        h.Invite(Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
        var reinvite = held.Expect("INVITE");
        Assert.Equal("sendonly", Sdp.DirectionOf(reinvite.Body));
        o.Reply(reinvite, 200, Sdp.Audio(port: 40000, direction: "recvonly", version: 2));
        held.Expect("ACK");
        var ok = holder.Expect("200 INVITE");
        Assert.Equal("recvonly", Sdp.DirectionOf(ok.Body));
        h.Ack(ok);
        var snapshot = Assert.Single(call.Rig.Calls);
        Assert.Equal((byCaller, !byCaller), (snapshot.HeldByCaller, snapshot.HeldByCallee));

        h.Invite(Sdp.Audio(port: 30000, version: 3));
        reinvite = held.Expect("INVITE");
        Assert.Equal("sendrecv", Sdp.DirectionOf(reinvite.Body));
        o.Reply(reinvite, 200, Sdp.Audio(port: 40000, version: 3));
        held.Expect("ACK");
        h.Ack(holder.Expect("200 INVITE"));

        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Equal("Created Answered Held Resumed Ended", call.Rig.Events.Story);
        Assert.Equal(byCaller ? CallSide.Caller : CallSide.Callee, call.Rig.Events.All.OfType<Tandem.Calls.Events.CallHeld>().Single().By);
    }

    // RFC 3311 §5: as UPDATE where the far phone takes it.
    [Fact]
    public void By_update_to_a_phone_that_takes_it()
    {
        var call = new TalkingCall(answerHeaders: ["Allow: INVITE, ACK, BYE, CANCEL, UPDATE"]);
        call.A.Send("UPDATE", Sdp.Audio(direction: "sendonly", version: 2));
        var update = call.Bob.Expect("UPDATE");
        Assert.Equal("sendonly", Sdp.DirectionOf(update.Body));
        call.B.Reply(update, 200, Sdp.Audio(direction: "recvonly", version: 2));
        var ok = call.Ada.Expect("200 UPDATE");
        Assert.Equal("recvonly", Sdp.DirectionOf(ok.Body));
        Assert.True(Assert.Single(call.Rig.Calls).HeldByCaller);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void By_update_as_a_reinvite_to_a_phone_that_does_not()
    {
        var call = new TalkingCall(answerHeaders: ["Allow: INVITE, ACK, BYE, CANCEL"]);
        call.A.Send("UPDATE", Sdp.Audio(direction: "sendonly", version: 2));
        var reinvite = call.Bob.Expect("INVITE");
        call.B.Reply(reinvite, 200, Sdp.Audio(direction: "recvonly", version: 2));
        call.Bob.Expect("ACK");
        call.Ada.Expect("200 UPDATE");
        Assert.True(Assert.Single(call.Rig.Calls).HeldByCaller);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §14.1: a refused re-INVITE leaves the session as it was.
    [Fact]
    public void A_refused_reinvite_changes_nothing()
    {
        var call = new TalkingCall();
        call.A.Invite(Sdp.Audio(port: 31000, direction: "inactive", version: 2));
        call.B.Reply(call.Bob.Expect("INVITE"), 488);
        call.Bob.Expect("ACK");
        call.A.AckRefusal(call.Ada.Expect("488"));
        Assert.Equal(30000, Sdp.PortOf(call.Rig.Media.Last!.InForce(CallSide.Caller)));
        Assert.False(call.Rig.Media.Last!.HasOpenOffer);
        Assert.Equal(CallState.Established, Assert.Single(call.Rig.Calls).State);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Equal("Created Answered Ended", call.Rig.Events.Story);
    }

    // RFC 3261 §14.1, §14.2: both phones change the session at the same time.
    [Fact]
    public void Glare_is_491_for_both()
    {
        var call = new TalkingCall();
        call.A.Invite(Sdp.Audio(direction: "sendonly", version: 2));
        call.B.Invite(Sdp.Audio(direction: "sendonly", version: 2));
        var reinvite = call.Bob.Expect("INVITE");
        var refused = call.Bob.Expect("491");
        call.B.AckRefusal(refused);
        call.B.Reply(reinvite, 491);
        call.Bob.Expect("ACK");
        call.A.AckRefusal(call.Ada.Expect("491"));

        // One of them tries again.
        call.A.Invite(Sdp.Audio(direction: "sendonly", version: 3));
        call.B.Reply(call.Bob.Expect("INVITE"), 200, Sdp.Audio(direction: "recvonly", version: 3));
        call.Bob.Expect("ACK");
        call.A.Ack(call.Ada.Expect("200 INVITE"));
        Assert.True(Assert.Single(call.Rig.Calls).HeldByCaller);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §14.2: a second INVITE before the first is answered.
    [Fact]
    public void A_second_reinvite_of_the_same_phone_is_500_with_retry_after()
    {
        var call = new TalkingCall();
        call.A.Invite(Sdp.Audio(version: 2));
        var reinvite = call.Bob.Expect("INVITE");
        call.A.Send("UPDATE", Sdp.Audio(version: 3));
        var refused = call.Ada.Expect("500");
        Assert.InRange(int.Parse(refused["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 0, 10);
        call.B.Reply(reinvite, 200, Sdp.Audio(version: 2));
        call.Bob.Expect("ACK");
        call.A.Ack(call.Ada.Expect("200 INVITE"));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §13.2.1 inside a dialog.
    [Fact]
    public void A_reinvite_without_sdp_gets_the_offer_of_the_far_phone()
    {
        var call = new TalkingCall();
        call.A.Invite();
        var reinvite = call.Bob.Expect("INVITE");
        Assert.Equal("", reinvite.Body);
        call.B.Reply(reinvite, 200, Sdp.Audio(port: 44000, version: 2));
        var ok = call.Ada.Expect("200 INVITE");
        Assert.NotEqual("", ok.Body);
        Assert.Empty(call.Bob.Unread);
        call.A.Ack(ok, Sdp.Audio(port: 33000, version: 2));
        Assert.NotEqual("", call.Bob.Expect("ACK").Body);
        Assert.Equal(44000, Sdp.PortOf(call.Rig.Media.Last!.InForce(CallSide.Callee)));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §9: a re-INVITE can be cancelled, and the call goes on.
    [Fact]
    public void A_cancelled_reinvite_is_cancelled_at_the_far_phone()
    {
        var call = new TalkingCall();
        call.A.Invite(Sdp.Audio(version: 2));
        var reinvite = call.Bob.Expect("INVITE");
        call.B.Reply(reinvite, 180);
        call.A.CancelReinvite();
        call.Ada.Expect("200 CANCEL");
        call.B.Reply(call.Bob.Expect("CANCEL"), 200);
        call.B.Reply(reinvite, 487);
        call.Bob.Expect("ACK");
        call.A.AckRefusal(call.Ada.Expect("487"));
        Assert.Equal(CallState.Established, Assert.Single(call.Rig.Calls).State);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §15.1.2: what is open when the BYE comes is answered 487.
    [Fact]
    public void A_bye_during_a_reinvite_ends_the_call_and_answers_the_reinvite()
    {
        var call = new TalkingCall();
        call.A.Invite(Sdp.Audio(version: 2));
        var reinvite = call.Bob.Expect("INVITE");
        call.A.Send("BYE");
        var first = call.Ada.Expect("200 BYE");
        var refused = call.Ada.Expect("487");
        Assert.Equal("INVITE", refused.Method);
        Assert.NotNull(first);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        call.B.Reply(reinvite, 100);
        call.B.Reply(call.Bob.Expect("CANCEL"), 200);
        call.B.Reply(reinvite, 487);
        call.Bob.Expect("ACK");
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Single(call.Rig.Events.Records);
    }

    // RFC 3261 §12.2.1.2: 481 to a re-INVITE means that the far dialog is gone.
    [Theory]
    [InlineData(481)]
    [InlineData(408)]
    public void A_far_phone_that_knows_nothing_of_the_call_ends_it(int status)
    {
        var call = new TalkingCall();
        call.A.Invite(Sdp.Audio(version: 2));
        call.B.Reply(call.Bob.Expect("INVITE"), status);
        call.Bob.Expect("ACK");
        call.A.AckRefusal(call.Ada.Expect("487"));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        call.B.Reply(call.Bob.Expect("BYE"), 481);
        Assert.Equal("", call.Rig.Leftovers());
        var verdict = call.Rig.Events.Record.Verdict;
        Assert.Equal((EndReason.CalleeLost, CallSide.Callee, 200), (verdict.Reason, verdict.EndedBy, verdict.SipStatus));
    }
}
