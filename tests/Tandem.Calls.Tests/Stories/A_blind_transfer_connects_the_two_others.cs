using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_blind_transfer_connects_the_two_others
{
    // RFC 3515 §2.4.4, RFC 5589 §6.1: by either phone, NOTIFYs to the very end, then BYE to who asked.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void By_either_phone(bool byCaller)
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        var (transferor, transferee, t, e) = byCaller ? (call.Ada, call.Bob, call.A, call.B) : (call.Bob, call.Ada, call.B, call.A);
        var old = Assert.Single(call.Rig.Calls);

        transferor.Refer(t, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        Assert.Equal($"<sip:{transferor.Number}@198.51.100.1>", invite["Referred-By"]);
        Assert.Contains($"sip:{transferee.Number}@", invite["P-Asserted-Identity"], StringComparison.Ordinal);
        Assert.Contains($"sip:{transferee.Number}@", invite["From"], StringComparison.Ordinal);
        Assert.False(invite.Has("Replaces"));
        Assert.Equal("sendrecv", Sdp.DirectionOf(invite.Body));
        Assert.Empty(transferee.Unread);

        var c = cleo.Take(invite);
        c.Reply(invite, 180);
        Assert.Equal("180 active", transferor.ExpectNotify(t));
        Assert.Empty(transferee.Unread);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");

        var reinvite = transferee.Expect("INVITE");
        Assert.Equal(e.CallId, reinvite.CallId);
        Assert.Contains("sip:102@", reinvite["P-Asserted-Identity"], StringComparison.Ordinal);
        e.Reply(reinvite, 200, Sdp.Audio(port: 41000, version: 2));
        transferee.Expect("ACK");
        Assert.Equal("200 terminated", transferor.ExpectNotify(t));
        t.Reply(transferor.Expect("BYE"), 200);
        call.Rig.Run(1);

        var now = Assert.Single(call.Rig.Calls);
        Assert.NotEqual(old.Id, now.Id);
        Assert.Equal((transferee.Number, "102", CallState.Established), (now.CallerNumber, now.CalleeNumber, now.State));
        Assert.Equal((transferor.Number, (CallId?)old.Id), (now.TransferredBy, now.TransferredFrom));
        var media = call.Rig.Media.Last!;
        Assert.Equal((41000, 50000), (Sdp.PortOf(media.InForce(CallSide.Caller)), Sdp.PortOf(media.InForce(CallSide.Callee))));
        Assert.Equal((CallSide.Caller, byCaller ? CallSide.Callee : CallSide.Caller), media.Continued);
        Assert.Equal(media.Continued, media.StreamsContinued);
        var transferred = call.Rig.Events.All.OfType<CallTransferred>().Single();
        Assert.Equal((old.Id, now.Id, byCaller ? CallSide.Caller : CallSide.Callee), (transferred.Call.Id, transferred.NewCall, transferred.By));

        var record = call.Rig.Events.Record;
        Assert.Equal((EndReason.Transferred, ResultClass.Success, 200), (record.Verdict.Reason, record.Verdict.Result, record.Verdict.SipStatus));
        Assert.Equal((byCaller ? CallSide.Caller : CallSide.Callee, (CallId?)now.Id), (record.Verdict.EndedBy, record.TransferredTo));

        // The new call is one like any other: hold passes, BYE ends it.
        e.Invite(Sdp.Audio(port: 41000, direction: "sendonly", version: 3));
        c.Reply(cleo.Expect("INVITE"), 200, Sdp.Audio(port: 50000, direction: "recvonly", version: 2));
        cleo.Expect("ACK");
        e.Ack(transferee.Expect("200 INVITE"));
        Assert.True(Assert.Single(call.Rig.Calls).HeldByCaller);
        c.Send("BYE");
        cleo.Expect("200 BYE");
        e.Reply(transferee.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Equal("Created Answered Created Ringing Transferred Answered Ended Held Ended", call.Rig.Events.Story);
        var last = call.Rig.Events.Records[1];
        Assert.Equal((transferor.Number, (CallId?)old.Id, EndReason.Completed), (last.TransferredBy, last.TransferredFrom, last.Verdict.Reason));
    }

    // RFC 3264 §8.4, RFC 5589 §6.1: a phone is held before it is transferred, and is not held by its new partner.
    [Fact]
    public void A_phone_that_was_held_hears_and_is_heard()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.A.Invite(Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
        call.B.Reply(call.Bob.Expect("INVITE"), 200, Sdp.Audio(port: 40000, direction: "recvonly", version: 2));
        call.Bob.Expect("ACK");
        call.A.Ack(call.Ada.Expect("200 INVITE"));

        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        Assert.Equal("sendrecv", Sdp.DirectionOf(invite.Body));
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        var reinvite = call.Bob.Expect("INVITE");
        Assert.Equal("sendrecv", Sdp.DirectionOf(reinvite.Body));
        call.B.Reply(reinvite, 200, Sdp.Audio(port: 40000, version: 3));
        call.Bob.Expect("ACK");
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        var now = Assert.Single(call.Rig.Calls);
        Assert.False(now.HeldByCaller || now.HeldByCallee);
        call.B.Send("BYE");
        call.Bob.Expect("200 BYE");
        c.Reply(cleo.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
    }

    // All contacts of the target ring, one wins (RFC 3261 §16.7).
    [Fact]
    public void All_contacts_of_the_target_ring()
    {
        var call = new TalkingCall();
        var desk = call.Rig.Phone("102");
        var mobile = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var lost = desk.Expect("INVITE");
        var won = mobile.Expect("INVITE");
        var d = desk.Take(lost);
        var m = mobile.Take(won);
        d.Reply(lost, 180);
        Assert.Equal("180 active", call.Ada.ExpectNotify(call.A));
        m.Reply(won, 200, Sdp.Audio(port: 50000));
        mobile.Expect("ACK");
        desk.TakeCancel(d, lost);
        call.B.Reply(call.Bob.Expect("INVITE"), 200, Sdp.Audio(port: 40000, version: 2));
        call.Bob.Expect("ACK");
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Send("BYE"); // who asked hangs up by itself when it hears of the success
        call.Ada.Expect("BYE");
        call.Ada.Expect("200 BYE");
        m.Send("BYE");
        mobile.Expect("200 BYE");
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 4488: the transfer happens, nobody is told.
    [Fact]
    public void Without_notifies_when_nobody_wants_them()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.A.Send("REFER", "", "Refer-To: <tel:102>", "Refer-Sub: false", "Supported: norefersub", "Require: norefersub");
        var accepted = call.Ada.Expect("202 REFER");
        Assert.Equal("false", accepted["Refer-Sub"]);
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        call.B.Reply(call.Bob.Expect("INVITE"), 200, Sdp.Audio(port: 40000, version: 2));
        call.Bob.Expect("ACK");
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        c.Send("BYE");
        cleo.Expect("200 BYE");
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
    }
}
