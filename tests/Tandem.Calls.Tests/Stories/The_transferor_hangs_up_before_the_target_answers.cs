using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 5057 §4.2, RFC 5589 §6: BYE ends the call of who asked, neither the transfer nor the news about it.</summary>
public class The_transferor_hangs_up_before_the_target_answers
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void And_the_others_are_connected(bool byCaller)
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        var (transferor, transferee, t, e, port) = byCaller ? (call.Ada, call.Bob, call.A, call.B, 40000) : (call.Bob, call.Ada, call.B, call.A, 30000);
        transferor.Refer(t, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        t.Send("BYE");
        transferor.Expect("200 BYE");
        transferee.ExpectNothing();
        var c = cleo.Take(invite);
        c.Reply(invite, 180);
        Assert.Equal("180 active", transferor.ExpectNotify(t));
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        transferee.TakeReinvite(e, port);
        Assert.Equal("200 terminated", transferor.ExpectNotify(t));
        call.Rig.Run(1);
        Assert.Equal($"{port}-50000", call.Rig.Connected());
        var record = call.Rig.Events.Record;
        Assert.Equal((EndReason.Transferred, byCaller ? CallSide.Caller : CallSide.Callee), (record.Verdict.Reason, record.Verdict.EndedBy));

        // The dialog is over with its last use.
        t.Send("BYE");
        transferor.Expect("481");
        cleo.HangUp(c, transferee, e);
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void And_a_transfer_that_fails_then_ends_the_call()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        call.A.Send("BYE");
        call.Ada.Expect("200 BYE");
        call.Bob.ExpectNothing();
        cleo.Take(invite).Reply(invite, 486);
        cleo.Expect("ACK");
        Assert.Equal("486 terminated", call.Ada.ExpectNotify(call.A));
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
        var record = call.Rig.Events.Records.Single(r => r.CallerNumber == "100");
        Assert.Equal((EndReason.Completed, CallSide.Caller), (record.Verdict.Reason, record.Verdict.EndedBy));
    }

    // Requests of the phone that waits are not passed to one that is gone.
    [Fact]
    public void And_the_phone_that_waits_is_told_to_try_again()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        call.A.Send("BYE");
        call.Ada.Expect("200 BYE");
        call.B.Invite(Sdp.Audio(port: 40000, direction: "sendonly", version: 2));
        call.B.AckRefusal(call.Bob.Expect("491"));
        call.B.Send("BYE");
        call.Bob.Expect("200 BYE");
        var c = cleo.Take(invite);
        c.Reply(invite, 180);
        cleo.TakeCancel(c, invite);
        Assert.Equal("487 terminated", call.Ada.ExpectNotify(call.A));
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void Without_notifies_as_well()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.A.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>", "Refer-Sub: false");
        call.Ada.Expect("202 REFER");
        var invite = cleo.Expect("INVITE");
        call.A.Send("BYE");
        call.Ada.Expect("200 BYE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        call.Bob.TakeReinvite(call.B, 40000);
        cleo.HangUp(c, call.Bob, call.B);
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Empty(call.Ada.Unread);
    }
}
