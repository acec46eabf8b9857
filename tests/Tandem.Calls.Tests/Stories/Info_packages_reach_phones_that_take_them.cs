using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 6086, and key presses in the old style of RFC 2976.</summary>
public class Info_packages_reach_phones_that_take_them
{
    // §4.2, §5.2.2: each phone hears what the other one takes.
    [Fact]
    public void Recv_info_passes_both_ways_and_packages_with_it()
    {
        var call = new TalkingCall(inviteHeaders: ["Recv-Info: infoDtmf, game;level=3"], answerHeaders: ["Recv-Info: infoDtmf"]);
        Assert.Equal("infoDtmf, game", call.Invite["Recv-Info"]);
        Assert.Equal("infoDtmf", call.Ok["Recv-Info"]);
        call.A.Send("INFO", "5", "Info-Package: infoDtmf", "Content-Type: application/x", "Content-Disposition: Info-Package");
        var info = call.Bob.Expect("INFO");
        Assert.Equal(("infoDtmf", "5", "Info-Package"), (info["Info-Package"], info.Body, info["Content-Disposition"]));
        call.B.Reply(info, 200);
        call.Ada.Expect("200 INFO");
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // §4.2.2: 469 with what the other phone takes; the phone itself is not bothered.
    [Theory]
    [InlineData("Recv-Info: infoDtmf", "infoDtmf")]
    [InlineData("Recv-Info:", "")]
    public void Another_package_is_469(string taken, string heard)
    {
        var call = new TalkingCall(answerHeaders: [taken]);
        Assert.True(call.Ok.Has("Recv-Info"));
        call.A.Send("INFO", "x", "Info-Package: game", "Content-Type: text/plain");
        var refused = call.Ada.Expect("469 INFO");
        Assert.True(refused.Has("Recv-Info"));
        Assert.Equal(heard, refused["Recv-Info"]);
        Assert.Empty(call.Bob.Unread);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // A phone may say later what it takes (§5.2.2), and the old style needs no leave (§4.1).
    [Theory]
    [InlineData("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n")]
    [InlineData("application/dtmf", "5")]
    public void Key_presses_in_the_old_style_always_pass(string type, string body)
    {
        var call = new TalkingCall(answerHeaders: ["Recv-Info: game"]);
        call.A.Send("INFO", body, "Content-Type: " + type);
        var info = call.Bob.Expect("INFO");
        Assert.Equal((type, body), (info["Content-Type"], info.Body));
        call.B.Reply(info, 200);
        call.Ada.Expect("200 INFO");
        call.B.Send("UPDATE", "", "Recv-Info: infoDtmf");
        call.Bob.Expect("200 UPDATE");
        call.A.Send("INFO", "5", "Info-Package: infoDtmf", "Content-Type: application/x");
        call.B.Reply(call.Bob.Expect("INFO"), 200);
        call.Ada.Expect("200 INFO");
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 8840: candidates that are found later are accepted and go no further; nor is anybody told that the other phone takes them.
    [Fact]
    public void Trickled_candidates_are_accepted_here()
    {
        var call = new TalkingCall(inviteHeaders: ["Recv-Info: trickle-ice"], answerHeaders: ["Recv-Info: Trickle-ICE, game"]);
        Assert.Equal("", call.Invite["Recv-Info"]);
        Assert.Equal("game", call.Ok["Recv-Info"]);
        foreach (var (sender, phone) in new[] { (call.A, call.Ada), (call.B, call.Bob) })
        {
            sender.Send("INFO", "a=candidate:1 1 UDP 1 198.51.100.7 4000 typ host\r\n", "Info-Package: trickle-ice", "Content-Type: application/trickle-ice-sdpfrag");
            phone.Expect("200 INFO");
        }

        Assert.Empty(call.Ada.Unread);
        Assert.Empty(call.Bob.Unread);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_body_above_the_limit_is_413(int length, bool passes)
    {
        var call = new TalkingCall(new CallOptions { MaxInfoBytes = 64 });
        call.A.Send("INFO", new string('x', length), "Content-Type: text/plain");
        if (passes)
            call.B.Reply(call.Bob.Expect("INFO"), 200);
        call.Ada.Expect(passes ? "200 INFO" : "413 INFO");
        Assert.Empty(call.Bob.Unread);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }
}
