using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Stories;

/// <summary>DTMF between telephone-event (RFC 4733), INFO and tones: each key once, and one event for the world.</summary>
public class Keys_reach_the_other_phone_in_its_own_way
{
    private const string Relay = "Content-Type: application/dtmf-relay";

    [Fact]
    public void Events_between_phones_that_take_them_are_the_media_s_own_matter()
    {
        var call = new TalkingCall();
        call.Rig.Media.Last!.Sound.WithEvents.UnionWith([CallSide.Caller, CallSide.Callee]);
        call.Rig.Media.Last.Hear(CallSide.Caller, '5');
        call.Rig.Run(0.5);
        call.Bob.ExpectNothing(0.5);
        Assert.Empty(call.Rig.Media.Last.Sound.Sent);
        AssertOne(call, CallSide.Caller, '5');
        End(call);
    }

    [Theory]
    [InlineData("Signal=5\r\nDuration=200\r\n", Relay)]
    [InlineData("5", "Content-Type: application/dtmf")]
    public void An_info_becomes_an_event(string body, string type)
    {
        var call = new TalkingCall();
        call.Rig.Media.Last!.Sound.WithEvents.Add(CallSide.Callee);
        call.A.Send("INFO", body, type);
        call.Ada.Expect("200 INFO");
        call.Bob.ExpectNothing(0.5);
        Assert.Equal((CallSide.Callee, "5"), Assert.Single(call.Rig.Media.Last.Sound.Sent));
        AssertOne(call, CallSide.Caller, '5');
        End(call);
    }

    [Fact]
    public void An_info_passes_to_a_phone_without_events()
    {
        var call = new TalkingCall();
        call.A.Send("INFO", "Signal=#\r\nDuration=200\r\n", Relay);
        var info = call.Bob.Expect("INFO");
        Assert.Equal("Signal=#\r\nDuration=200\r\n", info.Body);
        call.B.Reply(info, 200);
        call.Ada.Expect("200 INFO");
        Assert.Empty(call.Rig.Media.Last!.Sound.Sent);
        AssertOne(call, CallSide.Caller, '#');
        End(call);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_event_becomes_an_info_or_a_tone(bool takesInfo)
    {
        var call = new TalkingCall();
        call.B.Send("UPDATE", "", takesInfo ? "Allow: INVITE, BYE, INFO, UPDATE" : "Allow: INVITE, BYE, UPDATE");
        call.Bob.Expect("200 UPDATE");
        call.Rig.Media.Last!.Hear(CallSide.Caller, '9');
        if (takesInfo)
        {
            var info = call.Bob.Expect("INFO");
            Assert.Equal(("application/dtmf-relay", true), (info["Content-Type"], info.Body.StartsWith("Signal=9\r\n", StringComparison.Ordinal)));
            call.B.Reply(info, 200);
            Assert.Empty(call.Rig.Media.Last.Sound.Sent);
        }
        else
        {
            call.Bob.ExpectNothing(0.5);
            Assert.Equal((CallSide.Callee, "9"), Assert.Single(call.Rig.Media.Last.Sound.Sent));
        }

        AssertOne(call, CallSide.Caller, '9');
        End(call);
    }

    // The sound brings tones to a phone without events, the media makes events of them for one that takes them.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tones_are_not_sent_twice(bool takesEvents)
    {
        var call = new TalkingCall();
        call.B.Send("UPDATE", "", "Allow: INVITE, BYE, INFO, UPDATE");
        call.Bob.Expect("200 UPDATE");
        if (takesEvents)
            call.Rig.Media.Last!.Sound.WithEvents.Add(CallSide.Callee);
        call.Rig.Media.Last!.Hear(CallSide.Caller, '3', Tandem.Media.Dtmf.DtmfKind.InBand);
        call.Bob.ExpectNothing(0.5);
        Assert.Empty(call.Rig.Media.Last.Sound.Sent);
        AssertOne(call, CallSide.Caller, '3');
        End(call);
    }

    // What is no key is the phones' own affair.
    [Fact]
    public void Other_infos_pass_unread()
    {
        var call = new TalkingCall();
        call.A.Send("INFO", "Signal=hello\r\n", Relay);
        var info = call.Bob.Expect("INFO");
        call.B.Reply(info, 200);
        call.Ada.Expect("200 INFO");
        Assert.Empty(call.Rig.Events.All.OfType<CallDigit>());
        End(call);
    }

    private static void AssertOne(TalkingCall call, CallSide by, char digit)
    {
        var pressed = Assert.Single(call.Rig.Events.All.OfType<CallDigit>());
        Assert.Equal((by, digit), (pressed.By, pressed.Digit));
        Assert.DoesNotContain(digit.ToString(), pressed.ToString().Replace(pressed.Call.Id.ToString(), "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static void End(TalkingCall call)
    {
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }
}
