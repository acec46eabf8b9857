using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 4028.</summary>
public class Session_timers_keep_each_leg_alive
{
    private const string Hundred = "Session-Expires: 100;refresher=uac";

    // §9 and its table 2: what the UAC said, what we answer.
    [Theory]
    [InlineData("Session-Expires: 600|Supported: timer", "600;refresher=uac", true)]
    [InlineData("Session-Expires: 600;refresher=uas|Supported: timer", "600;refresher=uas", true)]
    [InlineData("Session-Expires: 600;refresher=uac|Supported: timer", "600;refresher=uac", true)]
    [InlineData("Session-Expires: 7200|Supported: timer", "1800;refresher=uac", true)]
    [InlineData("Session-Expires: 3600|Min-SE: 2400|Supported: timer", "2400;refresher=uac", true)]
    [InlineData("Supported: timer", "1800;refresher=uas", true)]
    [InlineData("Supported: replaces", "1800;refresher=uas", false)]
    [InlineData("Session-Expires: 600", "600;refresher=uas", false)]
    public void The_answer_to_the_caller_follows_the_table(string headers, string answered, bool required)
    {
        var call = new TalkingCall(inviteHeaders: headers.Split('|'));
        Assert.Equal(answered, call.Ok["Session-Expires"]);
        Assert.Equal(required, call.Ok.Lists("Require", "timer"));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // §9
    [Fact]
    public void An_interval_that_is_too_small_is_422()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), "Session-Expires: 60", "Supported: timer");
        var refused = ada.Expect("422");
        Assert.Equal("90", refused["Min-SE"]);
        a.AckRefusal(refused);
        Assert.Equal("", rig.Leftovers());
        Assert.Empty(rig.Events.All);
    }

    // §7.3, §7.4: same Call-ID, next CSeq, Min-SE.
    [Fact]
    public void A_422_of_the_callee_is_tried_again_with_its_minimum()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var first = bob.Expect("INVITE");
        Assert.Equal("1800", first["Session-Expires"]);
        bob.Take(first).Reply(first, 422, "", "Min-SE: 4000");
        bob.Expect("ACK");
        var second = bob.Expect("INVITE");
        Assert.Equal((first.CallId, 2, "4000", "4000"), (second.CallId, second.CSeq, second["Session-Expires"], second["Min-SE"]));
        var b = bob.Take(second);
        b.Reply(second, 200, Sdp.Audio());
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        a.Send("BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 4028 §7.3; the refused INVITE ends after timer D (RFC 3261 §17.1.1.2), and that is not the end of the leg.
    [Fact]
    public void A_contact_that_wanted_a_longer_interval_may_ring_for_a_minute()
    {
        var rig = new ExchangeRig(new CallOptions { SetupTimeout = TimeSpan.FromMinutes(2) });
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var first = bob.Expect("INVITE");
        bob.Take(first).Reply(first, 422, "", "Min-SE: 3600");
        bob.Expect("ACK");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        rig.Run(60);
        b.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal("Created Ringing Answered Ended", rig.Events.Story);
    }

    // §10: half-way, by UPDATE without SDP.
    [Fact]
    public void We_refresh_a_phone_that_takes_update_by_update()
    {
        var call = new TalkingCall(answerHeaders: ["Allow: INVITE, UPDATE, BYE, ACK, CANCEL", "Supported: timer", Hundred]);
        call.Rig.Run(48);
        Assert.Empty(call.Bob.Unread);
        var update = call.Bob.Expect("UPDATE", seconds: 2);
        Assert.Equal("", update.Body);
        Assert.Equal("100;refresher=uac", update["Session-Expires"]);
        call.B.Reply(update, 200, "", "Session-Expires: 100;refresher=uac", "Require: timer");
        call.B.Reply(call.Bob.Expect("UPDATE", seconds: 51), 200, "", "Session-Expires: 100;refresher=uac");
    }

    // §7.4: by re-INVITE with an unchanged offer, where the phone does not take UPDATE.
    [Fact]
    public void We_refresh_an_old_phone_by_reinvite_with_the_same_session()
    {
        var call = new TalkingCall(answerHeaders: ["Allow: INVITE, BYE, ACK, CANCEL", Hundred]);
        var reinvite = call.Bob.Expect("INVITE", seconds: 51);
        Assert.Equal(call.Invite.Body, reinvite.Body);
        call.B.Reply(reinvite, 200, Sdp.Audio(port: 40000));
        call.Bob.Expect("ACK");
        Assert.Equal("Created Answered", call.Rig.Events.Story);
    }

    // §10 and RFC 3261 §14.1: 491 to our refresh is tried again after a pause that depends on who owns the Call-ID.
    [Fact]
    public void Glare_with_our_refresh_is_tried_again_later()
    {
        var call = new TalkingCall(answerHeaders: ["Allow: INVITE, BYE, ACK, CANCEL", Hundred]);
        call.B.Reply(call.Bob.Expect("INVITE", seconds: 51), 491);
        call.Bob.Expect("ACK");
        Assert.Empty(call.Ada.Unread);
        var before = call.Rig.Network.Now;
        call.B.Reply(call.Bob.Expect("INVITE"), 200, Sdp.Audio(port: 40000));
        Assert.InRange((call.Rig.Network.Now - before).TotalSeconds, 2.0, 4.1);
        call.Bob.Expect("ACK");
        Assert.Single(call.Rig.Calls);
    }

    // §10: no answer, 408 or 481 to the refresh: the call ends.
    [Theory]
    [InlineData(481)]
    [InlineData(408)]
    [InlineData(0)]
    public void A_failed_refresh_ends_the_call(int status)
    {
        var call = new TalkingCall(answerHeaders: ["Allow: INVITE, UPDATE, BYE, ACK, CANCEL", Hundred]);
        var update = call.Bob.Expect("UPDATE", seconds: 51);
        if (status > 0)
            call.B.Reply(update, status);
        call.A.Reply(call.Ada.Expect("BYE", seconds: 40), 200);
        call.B.Reply(call.Bob.Expect("BYE"), 481);
        Assert.Equal("", call.Rig.Leftovers());
        var verdict = call.Rig.Events.Record.Verdict;
        Assert.Equal((EndReason.SessionExpired, CallSide.Callee, ResultClass.Upstream), (verdict.Reason, verdict.EndedBy, verdict.Result));
    }

    // §10: the phone should refresh and does not: BYE a little before the end, min(32, interval/3) seconds.
    [Fact]
    public void A_phone_that_forgets_its_refresh_loses_the_call()
    {
        var call = new TalkingCall(inviteHeaders: ["Session-Expires: 120;refresher=uac", "Supported: timer"]);
        call.Rig.Run(86);
        Assert.Empty(call.Ada.Unread);
        call.A.Reply(call.Ada.Expect("BYE", seconds: 2), 200);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Equal((EndReason.SessionExpired, CallSide.Caller), (call.Rig.Events.Record.Verdict.Reason, call.Rig.Events.Record.Verdict.EndedBy));
    }

    [Fact]
    public void A_refresh_of_the_phone_keeps_the_call_and_does_not_bother_the_other()
    {
        var call = new TalkingCall(inviteHeaders: ["Session-Expires: 120;refresher=uac", "Supported: timer"]);
        for (var i = 0; i < 4; i++)
        {
            call.Rig.Run(60);
            call.A.Send("UPDATE", "", "Session-Expires: 120;refresher=uac", "Supported: timer");
            Assert.Equal("120;refresher=uac", call.Ada.Expect("200 UPDATE")["Session-Expires"]);
        }

        Assert.Empty(call.Bob.Unread);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void Switched_off_they_are_not_mentioned()
    {
        var call = new TalkingCall(new CallOptions { SessionTimers = false }, inviteHeaders: ["Session-Expires: 60", "Supported: timer"]);
        Assert.False(call.Ok.Has("Session-Expires"));
        Assert.False(call.Invite.Has("Session-Expires"));
        Assert.False(call.Invite.Lists("Supported", "timer"));
        Assert.False(call.Ok.Lists("Supported", "timer"));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }
}
