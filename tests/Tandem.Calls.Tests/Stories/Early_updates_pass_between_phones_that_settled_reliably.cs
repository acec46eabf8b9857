using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3311 §5: offers before the call is answered.</summary>
public class Early_updates_pass_between_phones_that_settled_reliably
{
    private const string Allow = "Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE";

    private readonly ExchangeRig _rig = new();
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _bob;
    private PhoneDialog _a = null!;
    private PhoneDialog _b = null!;
    private WireMessage _invite = null!;

    public Early_updates_pass_between_phones_that_settled_reliably()
    {
        _ada = _rig.Phone("100");
        _bob = _rig.Phone("101");
    }

    // §5.1: both have an answer that was acknowledged.
    [Fact]
    public void The_caller_s_reaches_the_contact_and_its_answer_comes_back()
    {
        Settle();
        _a.Send("UPDATE", Sdp.Audio(port: 32000, direction: "sendonly", version: 2));
        var update = _bob.Expect("UPDATE");
        Assert.Equal(("sendonly", _invite.CallId), (Sdp.DirectionOf(update.Body), update.CallId));
        _b.Reply(update, 200, Sdp.Audio(port: 42000, direction: "recvonly", version: 2));
        Assert.Equal("recvonly", Sdp.DirectionOf(_ada.Expect("200 UPDATE").Body));
        Answer();
        Assert.Equal((32000, 42000), InForce());
        HangUp();
    }

    [Fact]
    public void The_contact_s_reaches_the_caller_and_its_answer_comes_back()
    {
        Settle();
        _b.Send("UPDATE", Sdp.Audio(port: 43000, version: 2), Allow);
        var update = _ada.Expect("UPDATE");
        _a.Reply(update, 200, Sdp.Audio(port: 33000, version: 2));
        Assert.NotEqual("", _bob.Expect("200 UPDATE").Body);
        Answer();
        Assert.Equal((33000, 43000), InForce());
        HangUp();
    }

    // §5.2: an offer from the other side is open: 491; a second one of the same phone: 500 with Retry-After.
    [Fact]
    public void Two_at_once_are_glare()
    {
        Settle();
        _a.Send("UPDATE", Sdp.Audio(port: 32000, version: 2));
        var update = _bob.Expect("UPDATE");
        _b.Send("UPDATE", Sdp.Audio(port: 43000, version: 2));
        _bob.Expect("491 UPDATE");
        _a.Send("UPDATE", Sdp.Audio(port: 32002, version: 3));
        Assert.True(_ada.Expect("500 UPDATE").Has("Retry-After"));
        _b.Reply(update, 200, Sdp.Audio(port: 42000, version: 2));
        _ada.Expect("200 UPDATE");
        Answer();
        HangUp();
    }

    // §5.2: the offer of the INVITE has no answer yet, or one that may have been lost.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Before_the_first_answer_is_sure_it_is_500_with_retry_after(bool earlyMedia)
    {
        Invite("Supported: timer");
        _b.Reply(_invite, earlyMedia ? 183 : 180, earlyMedia ? Sdp.Audio(port: 40000) : "");
        _a.Learn(_ada.Expect(earlyMedia ? "183" : "180"));
        _a.Send("UPDATE", Sdp.Audio(port: 32000, version: 2));
        Assert.InRange(int.Parse(_ada.Expect("500 UPDATE")["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 0, 10);
        Assert.Empty(_bob.Unread);
        _a.Send("UPDATE", "", "X: target refresh only");
        _ada.Expect("200 UPDATE");
        Answer(Sdp.Audio(port: 40000));
        HangUp();
    }

    // A refused early offer leaves what was settled in force, and the call is answered all the same.
    [Fact]
    public void A_refused_one_changes_nothing()
    {
        Settle();
        _a.Send("UPDATE", Sdp.Audio(port: 32000, version: 2));
        _b.Reply(_bob.Expect("UPDATE"), 488);
        _ada.Expect("488 UPDATE");
        Answer();
        Assert.Equal((30000, 40000), InForce());
        HangUp();
    }

    // The 2xx comes while the offer is open: the caller hears of it when the offer is answered.
    [Fact]
    public void An_answer_to_the_call_waits_for_the_answer_to_the_offer()
    {
        Settle();
        _a.Send("UPDATE", Sdp.Audio(port: 32000, version: 2));
        var update = _bob.Expect("UPDATE");
        _b.Reply(_invite, 200);
        _ada.ExpectNothing(0.3);
        _b.Reply(update, 200, Sdp.Audio(port: 42000, version: 2));
        _ada.Expect("200 UPDATE");
        _bob.Expect("ACK");
        _a.Ack(_ada.Expect("200 INVITE"));
        Assert.Equal((32000, 42000), InForce());
        HangUp();
    }

    // RFC 3262 §5: the PRACK may carry another offer, and its 200 the answer.
    [Fact]
    public void A_prack_with_an_offer_is_an_update_to_the_contact()
    {
        Settle(prackOffer: Sdp.Audio(port: 34000, version: 2));
        Answer();
        Assert.Equal((34000, 42000), InForce());
        HangUp();
    }

    // The caller gives up in the middle: everything that is open is answered, and nothing stays.
    [Fact]
    public void Cancel_in_the_middle_ends_it_all()
    {
        Settle();
        _a.Send("UPDATE", Sdp.Audio(port: 32000, version: 2));
        var update = _bob.Expect("UPDATE");
        _a.Send("BYE");
        _ada.Expect("200 BYE");
        var (first, second) = (_ada.Expect("487"), _ada.Expect("487"));
        Assert.Equal(["INVITE", "UPDATE"], new[] { first.Method, second.Method }.Order(StringComparer.Ordinal));
        var cancel = _bob.Expect("CANCEL");
        _b.Reply(cancel, 200);
        _b.Reply(update, 200, Sdp.Audio(version: 2));
        _b.Reply(_invite, 487);
        _bob.Expect("ACK");
        Assert.Equal("", _rig.Leftovers());
        Assert.Equal(EndReason.Cancelled, _rig.Events.Record.Verdict.Reason);
    }


    private void Invite(string supported = "Supported: 100rel")
    {
        _a = _ada.Dial("101");
        _a.Invite(Sdp.Audio(port: 30000), supported, Allow);
        _invite = _bob.Expect("INVITE");
        _b = _bob.Take(_invite);
    }

    private void Settle(string prackOffer = "")
    {
        Invite();
        _b.Reply(_invite, 183, Sdp.Audio(port: 40000), "Require: 100rel", "RSeq: 1", Allow);
        _b.Reply(_bob.Expect("PRACK"), 200);
        var progress = _ada.Expect("183");
        _a.Prack(progress, prackOffer);
        if (prackOffer.Length > 0)
        {
            var update = _bob.Expect("UPDATE");
            _b.Reply(update, 200, Sdp.Audio(port: 42000, version: 2));
            Assert.NotEqual("", _ada.Expect("200 PRACK").Body);
        }
        else
        {
            _ada.Expect("200 PRACK");
        }

        _b.RemoteTag = _invite.FromTag;
    }

    private void Answer(string sdp = "")
    {
        _b.Reply(_invite, 200, sdp);
        _bob.Expect("ACK");
        var ok = _ada.Expect("200 INVITE");
        _a.Ack(ok);
    }

    private (int Caller, int Callee) InForce() =>
        (Sdp.PortOf(_rig.Media.Last!.InForce(CallSide.Caller)), Sdp.PortOf(_rig.Media.Last!.InForce(CallSide.Callee)));

    private void HangUp()
    {
        _rig.Run(1);
        _a.Send("BYE");
        _ada.Expect("200 BYE");
        _b.Reply(_bob.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
        Assert.Equal(EndReason.Completed, _rig.Events.Record.Verdict.Reason);
    }
}
