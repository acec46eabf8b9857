using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class Both_phones_transfer_at_once
{
    // One transfer of a call at a time: the second one, whoever asks, is 491 and may be tried again.
    [Fact]
    public void And_the_first_one_wins()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        var dan = call.Rig.Phone("103");
        call.A.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>");
        call.B.Send("REFER", "", "Refer-To: <sip:103@198.51.100.1>");
        call.Ada.Expect("202 REFER");
        Assert.Equal("100 active", call.Ada.ExpectNotify(call.A));
        call.Bob.Expect("491 REFER");
        call.A.Send("REFER", "", "Refer-To: <sip:103@198.51.100.1>");
        call.Ada.Expect("491 REFER");

        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        call.Bob.TakeReinvite(call.B, 40000);
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        Assert.Empty(dan.Unread);

        // In its new call it may transfer in its turn.
        call.Bob.Refer(call.B, "<sip:103@198.51.100.1>");
        invite = dan.Expect("INVITE");
        var d = dan.Take(invite);
        d.Reply(invite, 200, Sdp.Audio(port: 60000));
        dan.Expect("ACK");
        cleo.TakeReinvite(c, 50000);
        Assert.Equal("200 terminated", call.Bob.ExpectNotify(call.B));
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        Assert.Equal("50000-60000", call.Rig.Connected());
        dan.HangUp(d, cleo, c);
        Assert.Equal("", call.Rig.Leftovers());
    }
}
