using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Headers;
using Tandem.Sip.Messages;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Alert-Info, Call-Info (RFC 3261 §20.4, §20.9, RFC 7462), Answer-Mode (RFC 5373).</summary>
public class Only_harmless_ring_headers_reach_a_phone
{
    private const string Intercom = "<urn:alert:service:normal>;info=alert-autoanswer;delay=0";

    // A URI that the phone would fetch is never passed on, in whatever dress.
    [Theory]
    [InlineData("Alert-Info: <urn:alert:source:internal>", "<urn:alert:source:internal>")]
    [InlineData("Alert-Info: <URN:ALERT:service:call-waiting>", "<URN:ALERT:service:call-waiting>")]
    [InlineData("Alert-Info: <urn:alert:priority:high>, <http://evil/x.wav>", "<urn:alert:priority:high>")]
    [InlineData("Alert-Info: <http://evil/x.wav>", "")]
    [InlineData("Alert-Info: <urn:alert:x>;http=<http://evil>", "")]
    [InlineData("Alert-Info: <urn:alert:a/../b>", "")]
    [InlineData("Alert-Info: \"urn\" <https://evil/urn:alert:x>", "")]
    [InlineData("Alert-Info: <file:///etc/passwd>", "")]
    [InlineData("Alert-Info: Bellcore-dr2", "")]
    [InlineData("Alert-Info: info=alert-autoanswer", "")]
    [InlineData("Call-Info: <http://evil/face.jpg>;purpose=icon", "")]
    [InlineData("Call-Info: <sip:x>;answer-after=0", "")]
    [InlineData("Answer-Mode: Auto", "")]
    [InlineData("Priv-Answer-Mode: Auto", "")]
    public void By_default(string header, string alert)
    {
        var invite = Ring(new CallOptions(), header);
        Assert.Equal(alert, string.Join(", ", invite.All("Alert-Info")));
        Assert.False(invite.Has("Call-Info"));
        Assert.False(invite.Has("Answer-Mode") || invite.Has("Priv-Answer-Mode"));
    }

    // AUTO_ANSWER: the wish passes, in words of ours.
    [Theory]
    [InlineData("Alert-Info: info=alert-autoanswer", Intercom, "", "")]
    [InlineData("Alert-Info: <http://evil/>;info=alert-autoanswer", Intercom, "", "")]
    [InlineData("Alert-Info: Auto Answer", Intercom, "", "")]
    [InlineData("Call-Info: <sip:evil>;answer-after=0", Intercom, "", "")]
    [InlineData("Call-Info: <sip:evil>;answer-after=9", "", "", "")]
    [InlineData("Answer-Mode: Auto;require", "", "Auto;require", "")]
    [InlineData("Answer-Mode: MANUAL", "", "Manual", "")]
    [InlineData("Answer-Mode: Auto;x=http", "", "Auto", "")]
    [InlineData("Priv-Answer-Mode: Auto", "", "", "Auto")]
    [InlineData("Answer-Mode: Always", "", "", "")]
    public void By_option(string header, string alert, string mode, string privileged)
    {
        var invite = Ring(new CallOptions { AutoAnswer = true }, header);
        Assert.Equal((alert, mode, privileged), (invite["Alert-Info"], invite["Answer-Mode"], invite["Priv-Answer-Mode"]));
        Assert.DoesNotContain("evil", invite.ToString(), StringComparison.Ordinal);
    }

    // RFC 5373 §4: who requires what is not allowed is refused with 420; with the option it goes on to the phone.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Require_answermode(bool isAllowed)
    {
        var rig = new ExchangeRig(new CallOptions { AutoAnswer = isAllowed });
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), "Require: answermode", "Answer-Mode: Auto;require");
        if (!isAllowed)
        {
            var refused = ada.Expect("420");
            Assert.Equal("answermode", refused["Unsupported"]);
            a.AckRefusal(refused);
        }
        else
        {
            var invite = bob.Expect("INVITE");
            Assert.Equal(("answermode", "Auto;require"), (invite["Require"], invite["Answer-Mode"]));
            var b = bob.Take(invite);
            b.Reply(invite, 200, Sdp.Audio(), "Answer-Mode: Auto");
            bob.Expect("ACK");
            var ok = ada.Expect("200 INVITE");
            Assert.Equal("Auto", ok["Answer-Mode"]);
            a.Ack(ok);
            a.Send("BYE");
            b.Reply(bob.Expect("BYE"), 200);
        }

        Assert.Equal("", rig.Leftovers());
    }

    // RFC 7462 §8: the contact says how it rings.
    [Fact]
    public void A_ringing_contact_may_say_how_it_rings()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        ada.Dial("101").Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, 180, "", "Alert-Info: <urn:alert:service:call-waiting>", "Alert-Info: <http://evil/ring.wav>");
        Assert.Equal(["<urn:alert:service:call-waiting>"], ada.Expect("180").All("Alert-Info"));
    }

    // Diversion and History-Info of a phone are dropped: a caller could make any call look as if the boss had sent it on.
    [Fact]
    public void A_phone_cannot_tell_of_a_diversion()
    {
        var invite = Ring(
            new CallOptions(), "Diversion: <sip:boss@evil>;reason=unconditional", "History-Info: <sip:boss@evil>;index=1", "Referred-By: <sip:boss@evil>");
        Assert.DoesNotContain("boss", invite.ToString(), StringComparison.Ordinal);
    }

    // RFC 7044 §5, RFC 4458, RFC 5806 §3: both spellings of one way.
    [Fact]
    public void A_diversion_of_ours_is_told_in_both_spellings()
    {
        var history = CallHistory.Empty
            .Divert("sip:101@example.com", DiversionReason.Busy)
            .Divert("sip:102@example.com", DiversionReason.NoAnswer);
        Assert.Equal(
            [
                (HeaderName.HistoryInfo,
                 "<sip:101@example.com>;index=1, <sip:102@example.com;cause=486>;index=1.1;mp=1, <sip:103@example.com;cause=408>;index=1.1.1;mp=1.1"),
                (HeaderName.Diversion,
                 "<sip:102@example.com>;reason=no-answer;counter=1, <sip:101@example.com>;reason=user-busy;counter=1"),
            ],
            history.Headers("sip:103@example.com", isHidden: false));
        Assert.Empty(history.Headers("sip:103@example.com", isHidden: true));
        Assert.Empty(CallHistory.Empty.Headers("sip:103@example.com", isHidden: false));
        for (var i = 0; i < 100; i++)
            history = history.Divert("sip:104@example.com", DiversionReason.Unconditional);
        Assert.True(history is { IsFull: true, Diversions: CallHistory.MostStations });
    }

    private static WireMessage Ring(CallOptions options, params string[] headers)
    {
        var rig = new ExchangeRig(options);
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), headers);
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        Assert.Equal("", rig.Leftovers());
        return invite;
    }
}
