using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Whatever the target is or says, the phone that was to go there stays where it is, and who asked hears why (RFC 3515 §2.4.5).</summary>
public class A_transfer_to_a_dead_target_keeps_the_call
{
    [Theory]
    [InlineData("<sip:109@198.51.100.1>", 480, EndReason.NotRegistered)] // no contact
    [InlineData("<sip:555@198.51.100.1>", 404, EndReason.NotFound)] // outside the range
    [InlineData("<sip:102@elsewhere.example>", 404, EndReason.NotFound)] // not ours: there is no trunk
    [InlineData("<sip:101@198.51.100.1>", 400, EndReason.Rejected)] // to the transferred phone itself
    [InlineData("<tel:+4930123456>", 404, EndReason.NotFound)]
    [InlineData("<sips:102@198.51.100.1>", 480, EndReason.NotRegistered)] // rings over UDP only
    [InlineData("sip:109@198.51.100.1", 480, EndReason.NotRegistered)] // without brackets
    [InlineData("<sip:109@198.51.100.1?Subject=x&From=%3Csip%3Aevil%40x%3E>", 480, EndReason.NotRegistered)] // headers that are not honoured
    public void That_cannot_be_called(string referTo, int status, EndReason reason)
    {
        var call = new TalkingCall();
        call.Rig.Phone("102");
        call.Ada.Refer(call.A, referTo);
        Assert.Equal($"{status} terminated", call.Ada.ExpectNotify(call.A));
        ItIsAsItWas(call);
        Assert.Equal(reason, call.Rig.Events.Records[0].Verdict.Reason);
        Assert.Equal("100", call.Rig.Events.Records[0].TransferredBy);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Theory]
    [InlineData(486, 486)]
    [InlineData(603, 603)]
    [InlineData(302, 480)]
    [InlineData(401, 480)]
    [InlineData(500, 500)]
    public void That_refuses(int said, int heard)
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        cleo.Take(invite).Reply(invite, said);
        cleo.Expect("ACK");
        Assert.Equal($"{heard} terminated", call.Ada.ExpectNotify(call.A));
        ItIsAsItWas(call);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void That_nobody_takes_off()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 180);
        Assert.Equal("180 active", call.Ada.ExpectNotify(call.A));
        cleo.TakeCancel(c, invite, 40);
        Assert.Equal("480 terminated", call.Ada.ExpectNotify(call.A));
        ItIsAsItWas(call);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3515 §2.4.6: the second REFER in a dialog is named in its NOTIFYs.
    [Fact]
    public void And_another_one_may_be_tried()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:109@198.51.100.1>");
        Assert.Equal("480 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>");
        var cseq = call.A.LastCSeq;
        call.Ada.Expect("202 REFER");
        var notify = call.Ada.Expect("NOTIFY");
        Assert.Equal($"refer;id={cseq}", notify["Event"]);
        call.A.Reply(notify, 200);
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        call.Bob.TakeReinvite(call.B, 40000);
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        Assert.Equal("40000-50000", call.Rig.Connected());
        cleo.HangUp(c, call.Bob, call.B);
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void And_a_transfer_to_oneself_rings_the_own_phones()
    {
        var call = new TalkingCall();
        var mobile = call.Rig.Phone("100");
        call.Ada.Refer(call.A, "<sip:100@198.51.100.1>");
        var desk = call.Ada.Expect("INVITE");
        var d = call.Ada.Take(desk);
        d.Reply(desk, 486);
        call.Ada.Expect("ACK");
        var invite = mobile.Expect("INVITE");
        var m = mobile.Take(invite);
        m.Reply(invite, 200, Sdp.Audio(port: 50000));
        mobile.Expect("ACK");
        call.Bob.TakeReinvite(call.B, 40000);
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        mobile.HangUp(m, call.Bob, call.B);
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void Nor_does_a_lack_of_ports_touch_it()
    {
        var call = new TalkingCall();
        call.Rig.Phone("102");
        call.Rig.Media.Exhausted = true;
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        Assert.Equal("503 terminated", call.Ada.ExpectNotify(call.A));
        ItIsAsItWas(call);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // The transferred phone heard nothing, both talk as before, and changes pass.
    private static void ItIsAsItWas(TalkingCall call)
    {
        call.Rig.Run(1);
        Assert.Empty(call.Bob.Unread);
        Assert.Equal("30000-40000", call.Rig.Connected());
        Assert.Equal(CallState.Established, Assert.Single(call.Rig.Calls).State);
        call.B.Invite(Sdp.Audio(port: 40000, direction: "sendonly", version: 5));
        call.Ada.TakeReinvite(call.A, 30000, 5);
        call.B.Ack(call.Bob.Expect("200 INVITE"));
    }
}
