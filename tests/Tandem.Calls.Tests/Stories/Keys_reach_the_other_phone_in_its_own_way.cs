using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Media.Dtmf;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Stories;

/// <summary>DTMF between telephone-event (RFC 4733), INFO and tones: each key once, and one event for the world.</summary>
public class Keys_reach_the_other_phone_in_its_own_way
{
    private const string Relay = "Content-Type: application/dtmf-relay";
    private const string Plain = "Content-Type: application/dtmf";

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

    // RFC 4733 §1: the media makes the event, after it has looked whether the phone sent one itself.
    [Theory]
    [InlineData("Signal=5\r\nDuration=200\r\n", Relay)]
    [InlineData("5", Plain)]
    public void An_info_becomes_an_event_of_the_media(string body, string type)
    {
        var call = new TalkingCall();
        call.Rig.Media.Last!.Sound.WithEvents.Add(CallSide.Callee);
        call.A.Send("INFO", body, type);
        call.Ada.Expect("200 INFO");
        call.Bob.ExpectNothing(0.5);
        Assert.Equal((CallSide.Caller, '5'), Assert.Single(call.Rig.Media.Last.Sound.Pressed));
        Assert.Empty(call.Rig.Media.Last.Sound.Sent);
        AssertOne(call, CallSide.Caller, '5');
        End(call);
    }

    // RFC 3261 §20.5: a phone without Allow has not said that it takes no INFO. It gets the body that it sends itself, else that of the other.
    [Theory]
    [InlineData(null, "", Relay, "Signal=#\r\nDuration=200\r\n")]
    [InlineData(null, Relay, Relay, "Signal=#\r\nDuration=200\r\n")]
    [InlineData("INVITE, BYE, INFO, UPDATE", Relay, Relay, "Signal=#\r\nDuration=200\r\n")]
    [InlineData(null, Plain, Plain, "#")]
    public void An_info_reaches_a_phone_without_events_as_info(string? allow, string itsOwn, string type, string body)
    {
        var call = new TalkingCall();
        if (allow is not null)
            Allow(call, allow);
        if (itsOwn.Length > 0)
        {
            call.B.Send("INFO", itsOwn == Relay ? "Signal=1\r\n" : "1", itsOwn);
            call.Bob.Expect("200 INFO");
            call.A.Reply(call.Ada.Expect("INFO"), 200);
        }

        call.A.Send("INFO", "Signal=#\r\nDuration=200\r\n", Relay);
        call.Ada.Expect("200 INFO");
        var info = call.Bob.Expect("INFO");
        Assert.Equal((type, body), ("Content-Type: " + info["Content-Type"], info.Body));
        call.B.Reply(info, 200);
        call.Rig.Run(0.5);
        Assert.Empty(call.Rig.Media.Last!.Sound.Sent);
        Assert.Equal(itsOwn.Length > 0 ? "1#" : "#", Keys(call));
        End(call);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void A_key_for_a_phone_without_events_becomes_an_info_or_a_tone(bool takesInfo, bool cameAsInfo)
    {
        var call = new TalkingCall();
        Allow(call, takesInfo ? "INVITE, BYE, INFO, UPDATE" : "INVITE, BYE, UPDATE");
        if (cameAsInfo)
        {
            call.A.Send("INFO", "Signal=9\r\n", Relay);
            call.Ada.Expect("200 INFO");
        }
        else
        {
            call.Rig.Media.Last!.Hear(CallSide.Caller, '9');
        }

        if (takesInfo)
        {
            var info = call.Bob.Expect("INFO");
            Assert.Equal(("application/dtmf-relay", true), (info["Content-Type"], info.Body.StartsWith("Signal=9\r\n", StringComparison.Ordinal)));
            call.B.Reply(info, 200);
            call.Rig.Run(0.5);
            Assert.Empty(call.Rig.Media.Last!.Sound.Sent);
        }
        else
        {
            call.Bob.ExpectNothing(0.5);
            Assert.Equal((CallSide.Callee, "9"), Assert.Single(call.Rig.Media.Last!.Sound.Sent));
        }

        AssertOne(call, CallSide.Caller, '9');
        End(call);
    }

    // 405, 415, 469 and 501 will be the same for the next key, other refusals need not.
    [Theory]
    [InlineData(405, false)]
    [InlineData(415, false)]
    [InlineData(469, false)]
    [InlineData(501, false)]
    [InlineData(500, true)]
    public void A_key_whose_info_is_refused_becomes_a_tone(int status, bool isAskedAgain)
    {
        var call = new TalkingCall();
        call.A.Send("INFO", "Signal=1\r\n", Relay);
        call.Ada.Expect("200 INFO");
        call.B.Reply(call.Bob.Expect("INFO"), status);
        call.Rig.Run(0.5);
        Assert.Equal((CallSide.Callee, "1"), Assert.Single(call.Rig.Media.Last!.Sound.Sent));
        call.Rig.Media.Last.Hear(CallSide.Caller, '2');
        if (isAskedAgain)
            call.B.Reply(call.Bob.Expect("INFO"), 200);
        else
            call.Bob.ExpectNothing(0.5);
        Assert.Equal(isAskedAgain ? "1" : "12", string.Concat(call.Rig.Media.Last.Sound.Sent.Select(s => s.Digits)));
        Assert.Equal("12", Keys(call));
        End(call);
    }

    // Two INFO at once could change places on the way; those that wait go as tones when the phone refuses the first, in their order.
    [Theory]
    [InlineData(200)]
    [InlineData(415)]
    public void Keys_keep_their_order(int status)
    {
        var call = new TalkingCall();
        foreach (var digit in "123")
            call.Rig.Media.Last!.Hear(CallSide.Caller, digit);
        foreach (var digit in status == 200 ? "123" : "1")
        {
            var info = call.Bob.Expect("INFO");
            call.Bob.ExpectNothing(0.3);
            Assert.StartsWith($"Signal={digit}\r\n", info.Body, StringComparison.Ordinal);
            call.B.Reply(info, status);
        }

        call.Rig.Run(0.5);
        Assert.Equal(status == 200 ? "" : "123", string.Concat(call.Rig.Media.Last!.Sound.Sent.Select(s => s.Digits)));
        Assert.Equal("123", Keys(call));
        End(call);
    }

    // There are no tones for the flash: it is between the phones.
    [Fact]
    public void The_flash_passes_as_it_is()
    {
        var call = new TalkingCall();
        call.Rig.Media.Last!.Sound.WithEvents.Add(CallSide.Callee);
        call.A.Send("INFO", "Signal=16\r\n", Relay);
        var info = call.Bob.Expect("INFO");
        Assert.Equal("Signal=16\r\n", info.Body);
        call.B.Reply(info, 200);
        call.Ada.Expect("200 INFO");
        Assert.Empty(call.Rig.Media.Last.Sound.Pressed);
        AssertOne(call, CallSide.Caller, DtmfDigits.Flash);
        End(call);
    }

    // The sound brings tones to a phone without events, the media makes events of them for one that takes them.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tones_are_not_sent_twice(bool takesEvents)
    {
        var call = new TalkingCall();
        Allow(call, "INVITE, BYE, INFO, UPDATE");
        if (takesEvents)
            call.Rig.Media.Last!.Sound.WithEvents.Add(CallSide.Callee);
        call.Rig.Media.Last!.Hear(CallSide.Caller, '3', DtmfKind.InBand);
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

    private static void Allow(TalkingCall call, string methods)
    {
        call.B.Send("UPDATE", "", "Allow: " + methods);
        call.Bob.Expect("200 UPDATE");
    }

    private static string Keys(TalkingCall call) => string.Concat(call.Rig.Events.All.OfType<CallDigit>().Select(d => d.Digit));

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
