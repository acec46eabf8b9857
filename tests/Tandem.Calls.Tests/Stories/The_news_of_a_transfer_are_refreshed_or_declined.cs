using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3515 §2.4.4: the subscription of a REFER is one like any other, and its end is not the transfer's.</summary>
public class The_news_of_a_transfer_are_refreshed_or_declined
{
    // RFC 6665 §4.2.1.2: each refresh is answered, and followed by the state of now.
    [Fact]
    public void Refreshed_with_less_time()
    {
        var (call, cleo, c, invite) = Ringing();
        call.A.Send("SUBSCRIBE", "", "Event: refer", "Expires: 50", $"Contact: <{call.Ada.ContactUri}>");
        Assert.Equal("50", call.Ada.Expect("200 SUBSCRIBE")["Expires"]);
        Assert.Equal("180 active", call.Ada.ExpectNotify(call.A));
        Finish(call, cleo, c, invite, told: true);
    }

    [Fact]
    public void Not_longer_than_it_lives_anyway()
    {
        var (call, cleo, c, invite) = Ringing();
        call.A.Send("SUBSCRIBE", "", "Event: refer", "Expires: 86400", $"Contact: <{call.Ada.ContactUri}>");
        Assert.InRange(int.Parse(call.Ada.Expect("200 SUBSCRIBE")["Expires"], System.Globalization.CultureInfo.InvariantCulture), 60, 120);
        Assert.Equal("180 active", call.Ada.ExpectNotify(call.A));
        Finish(call, cleo, c, invite, told: true);
    }

    [Fact]
    public void Ended_by_who_asked()
    {
        var (call, cleo, c, invite) = Ringing();
        call.A.Send("SUBSCRIBE", "", "Event: refer", "Expires: 0", $"Contact: <{call.Ada.ContactUri}>");
        call.Ada.Expect("200 SUBSCRIBE");
        Assert.Equal("180 terminated", call.Ada.ExpectNotify(call.A));
        Finish(call, cleo, c, invite, told: false);
    }

    [Fact]
    public void Forgotten()
    {
        var (call, cleo, c, invite) = Ringing();
        call.A.Send("SUBSCRIBE", "", "Event: refer", "Expires: 3", $"Contact: <{call.Ada.ContactUri}>");
        call.Ada.Expect("200 SUBSCRIBE");
        Assert.Equal("180 active", call.Ada.ExpectNotify(call.A));
        Assert.Equal("180 terminated", call.Ada.ExpectNotify(call.A));
        Finish(call, cleo, c, invite, told: false);
    }

    // RFC 6665 §4.2.2: a phone that refuses a NOTIFY hears no more.
    [Theory]
    [InlineData(481)]
    [InlineData(489)]
    [InlineData(405)]
    public void Declined(int status)
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.A.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>");
        call.Ada.Expect("202 REFER");
        Assert.Equal("100 active", call.Ada.ExpectNotify(call.A, status));
        var invite = cleo.Expect("INVITE");
        Finish(call, cleo, cleo.Take(invite), invite, told: false);
    }

    // RFC 3515 §2.4.4: REFER is the only way to such a subscription.
    [Fact]
    public void Not_to_be_had_without_a_refer()
    {
        var call = new TalkingCall();
        call.A.Send("SUBSCRIBE", "", "Event: refer", "Expires: 60", $"Contact: <{call.Ada.ContactUri}>");
        call.Ada.Expect("403 SUBSCRIBE");
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    private static (TalkingCall Call, ScriptedPhone Cleo, PhoneDialog C, WireMessage Invite) Ringing()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Ada.Refer(call.A, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 180);
        Assert.Equal("180 active", call.Ada.ExpectNotify(call.A));
        return (call, cleo, c, invite);
    }

    private static void Finish(TalkingCall call, ScriptedPhone cleo, PhoneDialog c, WireMessage invite, bool told)
    {
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        call.Bob.TakeReinvite(call.B, 40000);
        if (told)
            Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        Assert.Equal("40000-50000", call.Rig.Connected());
        cleo.HangUp(c, call.Bob, call.B);
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Equal(EndReason.Transferred, call.Rig.Events.Records[0].Verdict.Reason);
    }
}
