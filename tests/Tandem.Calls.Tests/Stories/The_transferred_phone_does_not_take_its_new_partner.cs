using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3261 §14.1: a refused re-INVITE leaves the session as it was, so the phone stays in the call that it is in.</summary>
public class The_transferred_phone_does_not_take_its_new_partner
{
    [Theory]
    [InlineData(488, 488)]
    [InlineData(603, 603)]
    [InlineData(500, 500)]
    [InlineData(415, 415)]
    public void It_refuses(int said, int heard)
    {
        var (call, cleo, c) = Answered();
        call.B.Reply(call.Bob.Expect("INVITE"), said);
        call.Bob.Expect("ACK");
        Assert.Equal($"{heard} terminated", call.Ada.ExpectNotify(call.A));
        c.Reply(cleo.Expect("BYE"), 200);
        Assert.Equal("30000-40000", call.Rig.Connected());
        Assert.Equal(CallState.Established, Assert.Single(call.Rig.Calls).State);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §14.1: glare is not a refusal.
    [Fact]
    public void It_was_about_to_change_the_session_itself()
    {
        var (call, cleo, c) = Answered();
        call.B.Reply(call.Bob.Expect("INVITE"), 491);
        call.Bob.Expect("ACK");
        call.B.Invite(Sdp.Audio(port: 40002, version: 2));
        call.Ada.TakeReinvite(call.A, 30000);
        call.B.Ack(call.Bob.Expect("200 INVITE"));
        call.Bob.TakeReinvite(call.B, 40002, 3);
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        Assert.Equal("40002-50000", call.Rig.Connected());
        cleo.HangUp(c, call.Bob, call.B);
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void Its_session_is_being_changed_at_that_moment()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        call.A.Invite(Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
        var hold = call.Bob.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        call.Bob.ExpectNothing();
        call.B.Reply(hold, 200, Sdp.Audio(port: 40000, direction: "recvonly", version: 2));
        call.Bob.Expect("ACK");
        call.A.Ack(call.Ada.Expect("200 INVITE"));
        call.Bob.TakeReinvite(call.B, 40000, 3);
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        cleo.HangUp(c, call.Bob, call.B);
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §12.2.1.2: it knows nothing of the call: there is nobody to be transferred.
    [Fact]
    public void It_is_gone()
    {
        var (call, cleo, c) = Answered();
        call.B.Reply(call.Bob.Expect("INVITE"), 481);
        call.Bob.Expect("ACK");
        Assert.Equal("487 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        c.Reply(cleo.Expect("BYE"), 200);
        call.B.Reply(call.Bob.Expect("BYE"), 481);
        Assert.Equal("", call.Rig.Leftovers());
    }

    // Its answer cannot be relayed: it has changed its session already and gets the old one back.
    [Fact]
    public void It_answers_what_nobody_understands()
    {
        var (call, cleo, c) = Answered();
        var reinvite = call.Bob.Expect("INVITE");
        call.B.Reply(reinvite, 200, "v=0\r\no=x 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n");
        call.Bob.Expect("ACK");
        var back = call.Bob.TakeReinvite(call.B, 40000, 3);
        Assert.Equal(Sdp.PortOf(call.Invite.Body), Sdp.PortOf(back.Body));
        Assert.Equal("488 terminated", call.Ada.ExpectNotify(call.A));
        c.Reply(cleo.Expect("BYE"), 200);
        Assert.Equal("30000-40000", call.Rig.Connected());
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    private static (TalkingCall Call, ScriptedPhone Cleo, PhoneDialog C) Answered()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        return (call, cleo, c);
    }
}
