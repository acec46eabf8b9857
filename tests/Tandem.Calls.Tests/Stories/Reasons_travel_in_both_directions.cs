using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3326: why somebody hung up, gave up or refused, of Q.850 and SIP, checked and bounded.</summary>
public class Reasons_travel_in_both_directions
{
    // What a phone wrote, and what the other one reads; Q.850 16 is ours when nothing is worth passing.
    [Theory]
    [InlineData("Q.850;cause=31", "Q.850;cause=31")]
    [InlineData("Q.850;cause=16;text=\"Terminated\", SIP;cause=200;text=\"Done\"", "Q.850;cause=16;text=\"Terminated\", SIP;cause=200;text=\"Done\"")]
    [InlineData("sip ; cause = 480", "sip ; cause = 480")]
    [InlineData("SIP;cause=9999", "Q.850;cause=16")]
    [InlineData("Q.850;cause=128", "Q.850;cause=16")]
    [InlineData("Q.850;cause=x", "Q.850;cause=16")]
    [InlineData("SIP;cause=600;cause=486", "Q.850;cause=16")]
    [InlineData("X.25;cause=1, Q.850;cause=17", "Q.850;cause=17")]
    [InlineData("SIP;text=\"not closed", "Q.850;cause=16")]
    public void In_a_bye(string given, string heard)
    {
        foreach (var byCaller in new[] { true, false })
        {
            var call = new TalkingCall();
            var (from, to, f, t) = byCaller ? (call.Ada, call.Bob, call.A, call.B) : (call.Bob, call.Ada, call.B, call.A);
            f.Send("BYE", "", "Reason: " + given);
            from.Expect("200 BYE");
            var bye = to.Expect("BYE");
            Assert.Equal(heard, bye["Reason"]);
            t.Reply(bye, 200);
            Assert.Equal("", call.Rig.Leftovers());
        }
    }

    // At most 256 characters together: a phone has little room, and a log line less.
    [Fact]
    public void A_long_one_is_left_out()
    {
        var call = new TalkingCall();
        call.A.Send("BYE", "", $"Reason: SIP;cause=200;text=\"{new string('x', 300)}\", Q.850;cause=20");
        call.Ada.Expect("200 BYE");
        var bye = call.Bob.Expect("BYE");
        Assert.Equal("Q.850;cause=20", bye["Reason"]);
        call.B.Reply(bye, 200);
        Assert.Equal("", call.Rig.Leftovers());
    }

    // §2 allows it in responses as well: that of the best refusal reaches the caller.
    [Fact]
    public void In_a_refusal()
    {
        var rig = new ExchangeRig();
        var (ada, desk, mobile) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var (toDesk, toMobile) = (desk.Expect("INVITE"), mobile.Expect("INVITE"));
        desk.Take(toDesk).Reply(toDesk, 480, "", "Reason: Q.850;cause=19");
        desk.Expect("ACK");
        mobile.Take(toMobile).Reply(toMobile, 486, "", "Reason: Q.850;cause=17;text=\"in a call\"");
        mobile.Expect("ACK");
        var refused = ada.Expect("486");
        Assert.Equal("Q.850;cause=17;text=\"in a call\"", refused["Reason"]);
        a.AckRefusal(refused);
        Assert.Equal("", rig.Leftovers());
    }

    // In a CANCEL, on its way to all contacts.
    [Fact]
    public void In_a_cancel()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        a.Cancel("Reason: SIP;cause=487;text=\"changed my mind\"");
        ada.Expect("200 CANCEL");
        var cancel = bob.Expect("CANCEL");
        Assert.Equal("SIP;cause=487;text=\"changed my mind\"", cancel["Reason"]);
        b.Reply(cancel, 200);
        b.Reply(invite, 487);
        bob.Expect("ACK");
        a.AckRefusal(ada.Expect("487"));
        Assert.Equal("", rig.Leftovers());
    }
}
