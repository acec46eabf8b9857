using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class The_exchange_stops_during_a_transfer
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void And_everybody_is_told(bool targetHasAnswered)
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        WireMessage? reinvite = null;
        if (targetHasAnswered)
        {
            c.Reply(invite, 200, Sdp.Audio(port: 50000));
            cleo.Expect("ACK");
            reinvite = call.Bob.Expect("INVITE");
            call.B.Reply(reinvite, 100);
        }
        else
        {
            c.Reply(invite, 180);
            Assert.Equal("180 active", call.Ada.ExpectNotify(call.A));
        }

        call.Rig.Run(0.1);
        foreach (var one in call.Rig.Calls)
            call.Rig.Exchange.HangUp(one.Id, EndReason.Shutdown);
        Assert.EndsWith("terminated", call.Ada.ExpectNotify(call.A), StringComparison.Ordinal);
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        if (reinvite is null)
        {
            cleo.TakeCancel(c, invite);
        }
        else
        {
            c.Reply(cleo.Expect("BYE"), 200);
            call.B.Reply(call.Bob.Expect("CANCEL"), 200);
        }

        call.B.Reply(call.Bob.Expect("BYE"), 200);
        if (reinvite is not null)
        {
            call.B.Reply(reinvite, 487);
            call.Bob.Expect("ACK");
        }

        Assert.Equal("", call.Rig.Leftovers());
        Assert.Contains(EndReason.Shutdown, call.Rig.Events.Records.Select(r => r.Verdict.Reason));
    }
}
