using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3891 §3, from a phone, whatever shard its own Call-ID leads to.</summary>
public class An_invite_with_replaces_takes_over_a_call
{
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, true)]
    [InlineData(1, 0, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, false)]
    [InlineData(1, 0, false)]
    public void And_the_replaced_phone_gets_bye(int shard, int own, bool replacesCaller)
    {
        var (rig, ada, bob, a, b) = Talking(shard);
        var (gone, stays, g, s, port) = replacesCaller ? (ada, bob, a, b, 40000) : (bob, ada, b, a, 30000);
        var dan = rig.Phone("103");
        var d = dan.DialOn(stays.Number, own);
        d.Invite(Sdp.Audio(port: 60000), "Replaces: " + g.Replaces(), "Require: replaces");
        var reinvite = stays.TakeReinvite(s, port);
        Assert.Contains("sip:103@", reinvite["P-Asserted-Identity"], StringComparison.Ordinal);
        var ok = dan.Expect("200 INVITE");
        Assert.Equal("sendrecv", Sdp.DirectionOf(ok.Body));
        d.Ack(ok);
        g.Reply(gone.Expect("BYE"), 200);
        rig.Run(1);
        var now = Assert.Single(rig.Calls);
        Assert.Equal(("103", stays.Number), (now.CallerNumber, now.CalleeNumber));
        var record = rig.Events.Record;
        Assert.Equal((EndReason.Transferred, replacesCaller ? CallSide.Caller : CallSide.Callee), (record.Verdict.Reason, record.Verdict.EndedBy));
        dan.HangUp(d, stays, s);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3261 §13.2.1: without an offer the phone that stays makes one, and its ACK brings the answer.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    public void Without_an_offer(int shard, int own)
    {
        var (rig, ada, bob, a, b) = Talking(shard);
        var dan = rig.Phone("103");
        var d = dan.DialOn("101", own);
        d.Invite("", "Replaces: " + a.Replaces());
        var reinvite = bob.Expect("INVITE");
        Assert.Equal("", reinvite.Body);
        b.Reply(reinvite, 200, Sdp.Audio(port: 40000, version: 2));
        var ok = dan.Expect("200 INVITE");
        Assert.NotEqual("", ok.Body);
        d.Ack(ok, Sdp.Audio(port: 60000));
        Assert.NotEqual("", bob.Expect("ACK").Body);
        a.Reply(ada.Expect("BYE"), 200);
        rig.Run(1);
        Assert.Single(rig.Calls);
        dan.HangUp(d, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData("no such dialog", 481)]
    [InlineData("swapped tags", 481)]
    [InlineData("early-only", 486)]
    [InlineData("twice", 400)]
    [InlineData("with join", 400)]
    [InlineData("malformed", 400)]
    [InlineData("by the phone that stays", 400)]
    public void The_rows_that_refuse_it(string row, int status)
    {
        foreach (var own in new[] { 0, 1 })
        {
            var (rig, ada, bob, a, b) = Talking(0);
            var dan = rig.Phone(row == "by the phone that stays" ? "101" : "103");
            if (row == "by the phone that stays" && own == 1)
                continue; // another shard does not know who stays; the call to oneself is told there

            var d = dan.DialOn("101", own);
            string[] headers = row switch
            {
                "no such dialog" => [$"Replaces: {a.CallId};to-tag=x;from-tag=y"],
                "swapped tags" => [$"Replaces: {a.CallId};to-tag={a.LocalTag};from-tag={a.RemoteTag}"],
                "early-only" => ["Replaces: " + a.Replaces(earlyOnly: true)],
                "twice" => ["Replaces: " + a.Replaces(), "Replaces: " + b.Replaces()],
                "with join" => ["Replaces: " + a.Replaces(), "Join: " + a.Replaces()],
                "malformed" => [$"Replaces: {a.CallId};to-tag=x"],
                _ => ["Replaces: " + a.Replaces()],
            };
            d.Invite(Sdp.Audio(port: 60000), headers);
            d.AckRefusal(dan.Expect($"{status} INVITE"));
            rig.Run(1);
            Assert.Equal("30000-40000", rig.Connected());
            Assert.Empty(bob.Unread);
            ada.HangUp(a, bob, b);
            Assert.Equal("", rig.Leftovers());
        }
    }

    // A caller's dialog that is early was not started by us: 481 (the last row of §3).
    [Fact]
    public void A_call_that_rings_is_not_replaced()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var dan = rig.Phone("103");
        var a = ada.DialOn("101", 0);
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        a.Learn(ada.Expect("180"));
        var d = dan.DialOn("101", 0);
        d.Invite(Sdp.Audio(port: 60000), "Replaces: " + a.Replaces());
        d.AckRefusal(dan.Expect("481 INVITE"));
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    // The BYE is under way: nobody wants a replacement any more (§3).
    [Fact]
    public void A_call_that_just_ended_is_603()
    {
        var (rig, ada, bob, a, b) = Talking(0);
        var dan = rig.Phone("103");
        b.Send("BYE");
        bob.Expect("200 BYE");
        var bye = ada.Expect("BYE");
        var d = dan.DialOn("101", 0);
        d.Invite(Sdp.Audio(port: 60000), "Replaces: " + a.Replaces());
        d.AckRefusal(dan.Expect("603 INVITE"));
        a.Reply(bye, 200);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_caller_who_gives_up_changes_nothing(int own)
    {
        var (rig, ada, bob, a, b) = Talking(0);
        var dan = rig.Phone("103");
        var d = dan.DialOn("101", own);
        d.Invite(Sdp.Audio(port: 60000), "Replaces: " + a.Replaces());
        var reinvite = bob.Expect("INVITE");
        b.Reply(reinvite, 100);
        d.Cancel();
        dan.Expect("200 CANCEL");
        d.AckRefusal(dan.Expect("487 INVITE"));
        bob.TakeCancel(b, reinvite);
        rig.Run(1);
        Assert.Equal("30000-40000", rig.Connected());
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_phone_that_refuses_its_new_partner_keeps_the_old_one(int own)
    {
        var (rig, ada, bob, a, b) = Talking(0);
        var dan = rig.Phone("103");
        var d = dan.DialOn("101", own);
        d.Invite(Sdp.Audio(port: 60000), "Replaces: " + a.Replaces());
        b.Reply(bob.Expect("INVITE"), 488);
        bob.Expect("ACK");
        d.AckRefusal(dan.Expect("488 INVITE"));
        rig.Run(1);
        Assert.Equal("30000-40000", rig.Connected());
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3911: we mix nothing. Who insists on Join is refused by its option tag, who does not gets a plain call.
    [Fact]
    public void Join_is_420_when_it_is_required()
    {
        var (rig, ada, bob, a, b) = Talking(0);
        var dan = rig.Phone("103");
        var d = dan.DialOn("101", 0);
        d.Invite(Sdp.Audio(port: 60000), "Join: " + a.Replaces(), "Require: join");
        var refused = dan.Expect("420 INVITE");
        Assert.Equal("join", refused["Unsupported"]);
        d.AckRefusal(refused);
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Bob, PhoneDialog A, PhoneDialog B) Talking(int shard)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, shard);
        return (rig, ada, bob, a, b);
    }
}
