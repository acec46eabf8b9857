using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class The_transferee_hangs_up_while_its_new_partner_rings
{
    [Fact]
    public void And_the_new_call_is_cancelled()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 180);
        Assert.Equal("180 active", call.Ada.ExpectNotify(call.A));
        call.B.Send("BYE");
        call.Bob.Expect("200 BYE");
        Assert.Equal("487 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        cleo.TakeCancel(c, invite);
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Equal([EndReason.Completed, EndReason.Cancelled], call.Rig.Events.Records.Select(r => r.Verdict.Reason).Order());
    }

    // The re-INVITE is under way: it is answered 487 or 481, and the target that has answered gets BYE.
    [Fact]
    public void Or_while_it_is_being_moved()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        var reinvite = call.Bob.Expect("INVITE");
        call.B.Send("BYE");
        call.Bob.Expect("200 BYE");
        call.B.Reply(reinvite, 481);
        call.Bob.Expect("ACK");
        Assert.Equal("487 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        c.Reply(cleo.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
    }
}
