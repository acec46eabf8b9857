using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_call_that_nobody_takes
{
    // RFC 3261 §16.7 item 6, §21.4 to §21.6.
    [Theory]
    [InlineData(486, 486, EndReason.Busy, Cause.UserBusy)]
    [InlineData(600, 600, EndReason.Busy, Cause.UserBusy)]
    [InlineData(603, 603, EndReason.Rejected, Cause.CallRejected)]
    [InlineData(480, 480, EndReason.NoAnswer, Cause.NoUserResponding)]
    [InlineData(404, 404, EndReason.NotFound, Cause.UnallocatedNumber)]
    [InlineData(488, 488, EndReason.NotAcceptable, Cause.IncompatibleDestination)]
    [InlineData(302, 480, EndReason.NoAnswer, Cause.NoUserResponding)]
    [InlineData(401, 480, EndReason.NoAnswer, Cause.NoUserResponding)]
    [InlineData(407, 480, EndReason.NoAnswer, Cause.NoUserResponding)]
    [InlineData(500, 500, EndReason.Rejected, Cause.TemporaryFailure)]
    [InlineData(503, 500, EndReason.Rejected, Cause.TemporaryFailure)]
    public void Ends_with_what_the_phone_said(int said, int heard, EndReason reason, int cause)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, said, "", "Contact: <sip:elsewhere@198.51.100.99>");
        bob.Expect("ACK");
        var refused = ada.Expect(heard.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(refused.Has("Contact"));
        a.AckRefusal(refused);

        Assert.Equal("", rig.Leftovers());
        Assert.Equal("Created Ended", rig.Events.Story);
        var verdict = rig.Events.Record.Verdict;
        Assert.Equal((reason, heard, CallSide.Callee, cause), (verdict.Reason, verdict.SipStatus, verdict.EndedBy, verdict.Cause));
    }

    // Document 5 calls the wait CALL_SETUP_TIMEOUT.
    [Fact]
    public void Is_480_when_it_rang_for_the_setup_timeout()
    {
        var rig = new ExchangeRig(new CallOptions { SetupTimeout = TimeSpan.FromSeconds(20) });
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        ada.ExpectNothing(19.9);
        a.AckRefusal(ada.Expect("480", seconds: 1));
        var cancel = bob.Expect("CANCEL");
        Assert.Equal("Q.850;cause=19", cancel["Reason"]);
        b.Reply(cancel, 200);
        b.Reply(invite, 487);
        bob.Expect("ACK");
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.NoAnswer, rig.Events.Record.Verdict.Reason);
    }

    [Fact]
    public void Is_408_when_nothing_came_back_from_the_phone()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("408", seconds: 31));
        Assert.Equal("", rig.Leftovers());
        var verdict = rig.Events.Record.Verdict;
        Assert.Equal((EndReason.SetupTimeout, ResultClass.Upstream, 408), (verdict.Reason, verdict.Result, verdict.SipStatus));
    }

    [Theory]
    [InlineData("102", 480, EndReason.NotRegistered)]
    [InlineData("111", 404, EndReason.NotFound)]
    [InlineData("99", 404, EndReason.NotFound)]
    [InlineData("bob", 404, EndReason.NotFound)]
    [InlineData("100", 400, EndReason.Rejected)]
    public void Is_refused_at_once_when_it_cannot_ring(string number, int status, EndReason reason)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = ada.Dial(number);
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect(status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal("", rig.Leftovers());
        Assert.Equal("Created Ended", rig.Events.Story);
        var verdict = rig.Events.Record.Verdict;
        Assert.Equal((reason, status, CallSide.Exchange), (verdict.Reason, verdict.SipStatus, verdict.EndedBy));
    }

    [Fact]
    public void Is_486_for_a_callee_in_a_call_when_call_waiting_is_off()
    {
        var call = new TalkingCall(new CallOptions { CallWaiting = false });
        var cleo = call.Rig.Phone("102");
        var c = cleo.Dial("101");
        c.Invite(Sdp.Audio());
        c.AckRefusal(cleo.Expect("486"));
        call.HangUp();
        c = cleo.Dial("101");
        c.Invite(Sdp.Audio());
        var invite = call.Bob.Expect("INVITE");
        call.Bob.Take(invite).Reply(invite, 486);
        c.AckRefusal(cleo.Expect("486"));
        Assert.Equal([CallSide.Exchange, CallSide.Caller, CallSide.Callee], call.Rig.Events.Records.Select(r => r.Verdict.EndedBy));
    }
}
