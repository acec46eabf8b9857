using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class The_target_hangs_up_while_it_is_being_connected
{
    // The re-INVITE is taken back in time: nothing has changed for the phone that was to be moved.
    [Fact]
    public void And_the_reinvite_is_cancelled()
    {
        var (call, cleo, c, reinvite) = BeingConnected();
        call.B.Reply(reinvite, 100);
        c.Send("BYE");
        cleo.Expect("200 BYE");
        call.B.Reply(call.Bob.Expect("CANCEL"), 200);
        call.B.Reply(reinvite, 487);
        call.Bob.Expect("ACK");
        Assert.Equal("487 terminated", call.Ada.ExpectNotify(call.A));
        Assert.Equal("30000-40000", call.Rig.Connected());
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // Too late: the phone has the new session, and gets the old one back by another re-INVITE.
    [Fact]
    public void And_the_phone_that_has_accepted_gets_its_session_back()
    {
        var (call, cleo, c, reinvite) = BeingConnected();
        c.Send("BYE");
        cleo.Expect("200 BYE");
        call.B.Reply(reinvite, 200, Sdp.Audio(port: 40000, version: 2));
        call.Bob.Expect("ACK");
        var back = call.Bob.TakeReinvite(call.B, 40000, 3);
        Assert.Equal(Sdp.PortOf(call.Invite.Body), Sdp.PortOf(back.Body));
        Assert.Equal("487 terminated", call.Ada.ExpectNotify(call.A));
        Assert.Equal("30000-40000", call.Rig.Connected());
        Assert.Equal(CallState.Established, Assert.Single(call.Rig.Calls).State);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // What it asks meanwhile is answered, and does not disturb.
    [Fact]
    public void Or_only_wants_to_change_its_session()
    {
        var (call, cleo, c, reinvite) = BeingConnected();
        c.Invite(Sdp.Audio(port: 50000, version: 2));
        var refused = cleo.Expect("500");
        Assert.NotEqual("", refused["Retry-After"]);
        c.AckRefusal(refused);
        call.B.Reply(reinvite, 200, Sdp.Audio(port: 40000, version: 2));
        call.Bob.Expect("ACK");
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        cleo.HangUp(c, call.Bob, call.B);
        Assert.Equal("", call.Rig.Leftovers());
    }

    private static (TalkingCall Call, ScriptedPhone Cleo, PhoneDialog C, WireMessage Reinvite) BeingConnected()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        return (call, cleo, c, call.Bob.Expect("INVITE"));
    }
}
