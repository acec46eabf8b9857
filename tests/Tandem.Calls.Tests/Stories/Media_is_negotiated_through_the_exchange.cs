using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class Media_is_negotiated_through_the_exchange
{
    // RFC 3960: 183 with SDP reaches the caller, and the 200 has the answer again.
    [Fact]
    public void Early_media_is_relayed()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 183, Sdp.Audio(port: 40000));
        var progress = ada.Expect("183");
        Assert.Contains(FakeMediaService.Host, progress.Body, StringComparison.Ordinal);
        Assert.Equal(40000, Sdp.PortOf(rig.Media.Last!.InForce(CallSide.Callee)));
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.Equal(progress.Body, ok.Body);
        a.Ack(ok);
        a.Send("BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3261 §13.2.1: the offer in the 200, the answer in the ACK.
    [Fact]
    public void An_invite_without_sdp_gets_the_offer_in_the_200_and_answers_in_the_ack()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite();
        var invite = bob.Expect("INVITE");
        Assert.Equal("", invite.Body);
        Assert.False(invite.Lists("Supported", "100rel"));
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        var ok = ada.Expect("200 INVITE");
        Assert.Contains(FakeMediaService.Host, ok.Body, StringComparison.Ordinal);
        Assert.Empty(bob.Unread);
        a.Ack(ok, Sdp.Audio(port: 30000));
        var ack = bob.Expect("ACK");
        Assert.Contains(FakeMediaService.Host, ack.Body, StringComparison.Ordinal);
        Assert.Equal(30000, Sdp.PortOf(rig.Media.Last!.InForce(CallSide.Caller)));
        a.Send("BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void An_ack_without_the_answer_ends_the_call()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite();
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        a.Ack(ada.Expect("200 INVITE"));
        bob.Expect("ACK");
        b.Reply(bob.Expect("BYE"), 200);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.NotAcceptable, rig.Events.Record.Verdict.Reason);
    }

    [Theory]
    [InlineData("garbage", 400)]
    [InlineData("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n", 488)]
    public void An_offer_that_cannot_be_relayed_is_refused(string sdp, int status)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(sdp);
        a.AckRefusal(ada.Expect(status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        bob.ExpectNothing();
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(EndReason.NotAcceptable, rig.Events.Record.Verdict.Reason);
    }

    [Fact]
    public void Without_ports_the_call_is_503()
    {
        var rig = new ExchangeRig();
        rig.Media.Exhausted = true;
        var ada = rig.Phone("100");
        rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var refused = ada.Expect("503");
        Assert.Equal("10", refused["Retry-After"]);
        a.AckRefusal(refused);
        Assert.Equal((EndReason.NoPorts, ResultClass.Server), (rig.Events.Record.Verdict.Reason, rig.Events.Record.Verdict.Result));
    }

    [Fact]
    public void A_body_that_is_no_sdp_is_415()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = ada.Dial("101");
        a.Invite("hello", "Content-Type: text/plain");
        var refused = ada.Expect("415");
        Assert.Equal("application/sdp, multipart/mixed, multipart/alternative", refused["Accept"]);
        a.AckRefusal(refused);
        Assert.Equal("", rig.Leftovers());
        Assert.Empty(rig.Events.All);
    }
}
