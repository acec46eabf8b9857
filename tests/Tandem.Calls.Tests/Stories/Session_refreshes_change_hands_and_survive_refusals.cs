using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 4028 inside a call: who refreshes, how often, and what a refusal means.</summary>
public class Session_refreshes_change_hands_and_survive_refusals
{
    private const string Update = "Allow: INVITE, UPDATE, BYE, ACK, CANCEL";
    private const string Bobs = "Session-Expires: 100;refresher=uas";
    private const string Ours = "Session-Expires: 100;refresher=uac";

    // §7.4, §9: a refresh may name another refresher. Bob refreshes, then asks us to, then takes it back.
    [Fact]
    public void The_refresher_changes_with_a_refresh()
    {
        var call = new TalkingCall(answerHeaders: [Update, "Supported: timer", Bobs]);
        call.Rig.Run(40);
        call.B.Send("UPDATE", "", "Session-Expires: 100;refresher=uas", "Supported: timer", Update);
        Assert.Equal("100;refresher=uas", call.Bob.Expect("200 UPDATE")["Session-Expires"]);
        var refresh = call.Bob.Expect("UPDATE", seconds: 51);
        Assert.Equal("100;refresher=uac", refresh["Session-Expires"]);

        // §7.4: the answer names the phone as refresher: from here on it is its turn again.
        call.B.Reply(refresh, 200, "", "Session-Expires: 100;refresher=uas", "Require: timer");
        call.Bob.ExpectNothing(60);
        call.B.Send("UPDATE", "", "Session-Expires: 100;refresher=uac", "Supported: timer", Update);
        call.Bob.Expect("200 UPDATE");
        call.Rig.Run(60);
        Assert.Single(call.Rig.Calls);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // §10: min(32, interval/3) seconds before the end, the phone that should have refreshed is taken for gone.
    [Theory]
    [InlineData(90, 60)]
    [InlineData(96, 64)]
    [InlineData(120, 88)]
    [InlineData(600, 568)]
    public void A_phone_that_forgets_its_turn_is_found_out(int interval, int after)
    {
        var call = new TalkingCall(answerHeaders: [Update, "Supported: timer", $"Session-Expires: {interval};refresher=uas"]);
        call.Rig.Run(after - 2);
        Assert.Empty(call.Bob.Unread);
        call.B.Reply(call.Bob.Expect("BYE", seconds: 3), 200);
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Equal(EndReason.SessionExpired, call.Rig.Events.Record.Verdict.Reason);
    }

    // §7.3, §10: 422 raises the minimum for good; the next refresh asks for it at once.
    [Fact]
    public void A_422_to_our_refresh_raises_the_interval_for_good()
    {
        var call = new TalkingCall(answerHeaders: [Update, "Supported: timer", Ours]);
        call.B.Reply(call.Bob.Expect("UPDATE", seconds: 51), 422, "", "Min-SE: 300");
        var second = call.Bob.Expect("UPDATE");
        Assert.Equal(("300;refresher=uac", "300"), (second["Session-Expires"], second["Min-SE"]));
        call.B.Reply(second, 200, "", "Session-Expires: 300;refresher=uac");
        var third = call.Bob.Expect("UPDATE", seconds: 151);
        Assert.Equal(("300;refresher=uac", "300"), (third["Session-Expires"], third["Min-SE"]));
        call.B.Reply(third, 200, "", "Session-Expires: 300;refresher=uac");
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // §7.3: 422 to a re-INVITE or UPDATE that passes through concerns our leg alone: tried again with the longer interval.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_422_to_what_passes_through_is_tried_again(bool byUpdate)
    {
        var call = new TalkingCall(answerHeaders: byUpdate ? [Update, Ours] : ["Allow: INVITE, BYE, ACK, CANCEL", Ours]);
        call.A.Invite(Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
        var first = call.Bob.Expect("INVITE");
        call.B.Reply(first, 422, "", "Min-SE: 200");
        call.Bob.Expect("ACK");
        var second = call.Bob.Expect("INVITE");
        Assert.Equal(("200", first.CSeq + 1), (second["Min-SE"], second.CSeq));
        call.B.Reply(second, 200, Sdp.Audio(port: 40000, direction: "recvonly", version: 2));
        call.Bob.Expect("ACK");
        call.A.Ack(call.Ada.Expect("200 INVITE"));
        if (byUpdate)
        {
            call.A.Send("UPDATE", Sdp.Audio(port: 30000, version: 3));
            call.B.Reply(call.Bob.Expect("UPDATE"), 422, "", "Min-SE: 400");
            var update = call.Bob.Expect("UPDATE");
            Assert.Equal("400", update["Min-SE"]);
            call.B.Reply(update, 200, Sdp.Audio(port: 40000, version: 3));
            call.Ada.Expect("200 UPDATE");
        }

        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §14.1: after a 491 who owns the Call-ID waits 2.1 to 4 s, the other one up to 2 s. Bob's leg has our Call-ID, Ada's has hers.
    [Theory]
    [InlineData(true, 0, 2.01)]
    [InlineData(false, 2.1, 4.01)]
    public void Glare_is_tried_again_after_a_pause_that_depends_on_who_owns_the_call_id(bool isCaller, double least, double most)
    {
        string[] refresh = ["Allow: INVITE, BYE, ACK, CANCEL", "Supported: timer", isCaller ? "Session-Expires: 100;refresher=uas" : Ours];
        var call = isCaller ? new TalkingCall(inviteHeaders: refresh) : new TalkingCall(answerHeaders: refresh);
        var (phone, dialog, port) = isCaller ? (call.Ada, call.A, 30000) : (call.Bob, call.B, 40000);
        dialog.Reply(phone.Expect("INVITE", seconds: 51), 491);
        phone.Expect("ACK");
        var before = call.Rig.Network.Now;
        var again = phone.Expect("INVITE");
        Assert.InRange((call.Rig.Network.Now - before).TotalSeconds, least, most);
        dialog.Reply(again, 200, Sdp.Audio(port: port));
        phone.Expect("ACK");
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // §7.3: a phone that says 422 for ever is believed after the third time, and the session stays as it was.
    [Fact]
    public void A_phone_that_says_422_for_ever_is_not_asked_for_ever()
    {
        var call = new TalkingCall(answerHeaders: ["Allow: INVITE, BYE, ACK, CANCEL"]);
        call.A.Invite(Sdp.Audio(port: 30000, version: 2));
        for (var i = 0; i < 3; i++)
        {
            call.B.Reply(call.Bob.Expect("INVITE"), 422, "", $"Min-SE: {4000 + i}");
            call.Bob.Expect("ACK");
        }

        call.A.AckRefusal(call.Ada.Expect("500 INVITE"));
        call.Bob.ExpectNothing();
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // §10: 405, 500, 603 … say nothing of the session: it lives until it expires.
    [Theory]
    [InlineData(403)]
    [InlineData(603)]
    [InlineData(488)]
    public void Another_refusal_of_a_refresh_does_not_end_the_call_at_once(int status)
    {
        var call = new TalkingCall(answerHeaders: [Update, "Supported: timer", Ours]);
        call.B.Reply(call.Bob.Expect("UPDATE", seconds: 51), status);
        call.Rig.Run(40);
        Assert.Single(call.Rig.Calls);
        call.B.Reply(call.Bob.Expect("BYE", seconds: 20), 200);
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Equal(EndReason.SessionExpired, call.Rig.Events.Record.Verdict.Reason);
    }
}
