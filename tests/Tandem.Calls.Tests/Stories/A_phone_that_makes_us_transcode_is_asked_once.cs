using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A re-INVITE of ours after the answer, with fewer codecs (RFC 3261 §14.1, RFC 3264 §8): what comes of it, and that nothing is lost by it.</summary>
public class A_phone_that_makes_us_transcode_is_asked_once
{
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _bob;
    private readonly ExchangeRig _rig;
    private PhoneDialog _a = null!;
    private PhoneDialog _b = null!;
    private WireMessage _ok = null!;

    public A_phone_that_makes_us_transcode_is_asked_once()
        : this(CallOptions.Default)
    {
    }

    private A_phone_that_makes_us_transcode_is_asked_once(CallOptions options)
    {
        _rig = new ExchangeRig(options);
        _ada = _rig.Phone("100");
        _bob = _rig.Phone("101");
    }

    private FakeMediaSession Media => _rig.Media.Last!;

    [Fact]
    public void The_callee_gets_an_offer_of_ours_and_the_caller_hears_nothing_of_it()
    {
        Talk(CallSide.Callee);
        var invite = _bob.Expect("INVITE");
        Assert.Contains("m=audio", invite.Body, StringComparison.Ordinal);
        _b.Reply(invite, 200, Sdp.Audio(port: 41000, version: 2));
        _bob.Expect("ACK");
        Assert.Equal(Sdp.Audio(port: 41000, version: 2), Media.InForce(CallSide.Callee));
        AssertQuiet();
        End();
    }

    // The 2xx to the caller is acknowledged first: an INVITE before that would get 491 or worse (RFC 3261 §14.1).
    [Fact]
    public void The_caller_is_asked_after_its_ack()
    {
        Talk(CallSide.Caller, acknowledges: false);
        _ada.ExpectNothing(0.2);
        _a.Ack(_ok);
        var invite = _ada.Expect("INVITE");
        _a.Reply(invite, 200, Sdp.Audio(port: 31000, version: 2));
        _ada.Expect("ACK");
        AssertQuiet();
        End();
    }

    // §14.1: a refusal leaves the session as it is.
    [Theory]
    [InlineData(488)]
    [InlineData(403)]
    [InlineData(603)]
    public void A_refusal_changes_nothing(int status)
    {
        Talk(CallSide.Callee);
        var before = Media.InForce(CallSide.Callee);
        _b.Reply(_bob.Expect("INVITE"), status);
        _bob.Expect("ACK");
        Assert.Equal((before, false), (Media.InForce(CallSide.Callee), Media.HasOpenOffer));
        AssertQuiet();
        End();
    }

    // §14.1: after a 491 the owner of the Call-ID, which is us toward Bob, waits 2.1 to 4 s; meanwhile Bob's own request passes.
    [Fact]
    public void Glare_lets_the_other_one_pass_and_tries_again()
    {
        Talk(CallSide.Callee);
        var invite = _bob.Expect("INVITE");
        _b.Reply(invite, 491);
        _bob.Expect("ACK");
        _b.Invite(Sdp.Audio(port: 40000, direction: "sendonly", version: 2));
        _a.Reply(_ada.Expect("INVITE"), 200, Sdp.Audio(port: 30000, direction: "recvonly", version: 2));
        _ada.Expect("ACK");
        _b.Ack(_bob.Expect("200 INVITE"));
        var again = _bob.Expect("INVITE", seconds: 5);
        _b.Reply(again, 200, Sdp.Audio(port: 40000, version: 3));
        _bob.Expect("ACK");
        AssertQuiet();
        End();
    }

    [Fact]
    public void Glare_for_ever_is_not_tried_for_ever()
    {
        Talk(CallSide.Callee);
        for (var i = 0; i < 3; i++)
        {
            _b.Reply(_bob.Expect("INVITE", seconds: 5), 491);
            _bob.Expect("ACK");
        }

        _bob.ExpectNothing(5);
        End();
    }

    // The phone accepted what is of no use: it is offered what it had before.
    [Fact]
    public void An_answer_that_cannot_be_used_brings_the_session_back()
    {
        Talk(CallSide.Callee);
        _b.Reply(_bob.Expect("INVITE"), 200, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
        _bob.Expect("ACK");
        var back = _bob.Expect("INVITE");
        _b.Reply(back, 200, Sdp.Audio(port: 42000, version: 3));
        _bob.Expect("ACK");
        Assert.Equal(Sdp.Audio(port: 42000, version: 3), Media.InForce(CallSide.Callee));
        AssertQuiet();
        End();
    }

    [Fact]
    public void A_phone_that_is_gone_ends_the_call()
    {
        Talk(CallSide.Callee);
        _b.Reply(_bob.Expect("INVITE"), 481);
        _bob.Expect("ACK");
        _a.Reply(_ada.Expect("BYE"), 200);
        _rig.Run(40);
        Assert.Empty(_rig.Calls);
    }

    [Fact]
    public void A_hang_up_meanwhile_leaves_nothing()
    {
        Talk(CallSide.Callee);
        var invite = _bob.Expect("INVITE");
        _a.Send("BYE");
        _ada.Expect("200 BYE");
        _b.Reply(_bob.Expect("BYE"), 200);
        _b.Reply(invite, 200, Sdp.Audio(port: 41000, version: 2));
        _bob.Expect("ACK");
        _rig.Run(40);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void It_can_be_turned_off()
    {
        var call = new A_phone_that_makes_us_transcode_is_asked_once(CallOptions.Default with { AvoidTranscoding = false });
        call.Talk(CallSide.Callee);
        call.AssertQuiet();
        call.End();
    }

    private void Talk(CallSide wasteful, bool acknowledges = true)
    {
        _a = _ada.Dial("101");
        _a.Invite(Sdp.Audio(port: 30000));
        var invite = _bob.Expect("INVITE");
        Media.Wasteful.Add(wasteful);
        _b = _bob.Take(invite);
        _b.Reply(invite, 200, Sdp.Audio(port: 40000));
        _bob.Expect("ACK");
        _ok = _ada.Expect("200 INVITE");
        if (acknowledges)
            _a.Ack(_ok);
    }

    private void AssertQuiet()
    {
        _rig.Run(10);
        Assert.Empty(_ada.Unread);
        Assert.Empty(_bob.Unread);
        Assert.Single(_rig.Calls);
    }

    private void End()
    {
        _a.Send("BYE");
        _ada.Expect("200 BYE");
        _b.Reply(_bob.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }
}
