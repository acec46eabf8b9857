using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 4538, RFC 5589 §6: the REFER comes in a dialog of its own, whose shard need not be that of the call.</summary>
public class A_refer_outside_the_call_names_it_by_target_dialog
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void And_hears_in_its_own_dialog_how_it_goes(int shard, int own)
    {
        var (rig, ada, bob, a, b) = Talking(shard);
        var cleo = rig.Phone("102");
        var r = ada.DialOn("101", own);
        r.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>", Target(a), "Require: tdialog", $"Contact: <{ada.ContactUri}>");
        r.Learn(ada.Expect("202 REFER"));
        Assert.Equal("100 active", ada.ExpectNotify(r));
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 180);
        Assert.Equal("180 active", ada.ExpectNotify(r));
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        bob.TakeReinvite(b, 40000);
        a.Reply(TakeBoth(ada, r), 200);
        cleo.HangUp(c, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Without_a_subscription_when_nobody_wants_one(int own)
    {
        var (rig, ada, bob, a, b) = Talking(0);
        var cleo = rig.Phone("102");
        var r = ada.DialOn("101", own);
        r.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>", Target(a), "Refer-Sub: false", $"Contact: <{ada.ContactUri}>");
        Assert.Equal("false", ada.Expect("202 REFER")["Refer-Sub"]);
        var invite = cleo.Expect("INVITE");
        cleo.Take(invite).Reply(invite, 486);
        cleo.Expect("ACK");
        ada.ExpectNothing();
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    // Without a call to act on, or on one of others, it is nothing that we do for a phone.
    [Theory]
    [InlineData("none", 403)]
    [InlineData("unknown", 403)]
    [InlineData("of others", 403)]
    [InlineData("malformed", 403)]
    [InlineData("from the wrong end", 403)]
    public void Or_is_refused(string which, int status)
    {
        foreach (var own in new[] { 0, 1 })
        {
            var (rig, ada, bob, a, b) = Talking(0);
            var dan = rig.Phone("103");
            var sender = which == "of others" ? dan : ada;
            var r = sender.DialOn("101", own);
            string[] headers = which switch
            {
                "none" => [],
                "unknown" => ["Target-Dialog: x;local-tag=1;remote-tag=2"],
                "from the wrong end" => [$"Target-Dialog: {a.CallId};local-tag={a.LocalTag};remote-tag={a.RemoteTag}"],
                "malformed" => [$"Target-Dialog: {a.CallId};local-tag=1"],
                _ => [Target(a)],
            };
            r.Send("REFER", "", ["Refer-To: <sip:102@198.51.100.1>", $"Contact: <{sender.ContactUri}>", .. headers]);
            sender.Expect($"{status} REFER");
            ada.HangUp(a, bob, b);
            Assert.Equal("", rig.Leftovers());
        }
    }

    [Fact]
    public void Credentials_come_first()
    {
        var rig = new ExchangeRig(credentials: true);
        var ada = rig.Phone("100");
        ada.Dial("101").Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>", "Target-Dialog: x;local-tag=1;remote-tag=2");
        ada.Expect("407 REFER");
        var replacing = ada.Dial("101");
        replacing.Invite(Sdp.Audio(), "Replaces: x;to-tag=1;from-tag=2");
        ada.Expect("407 INVITE");
        Assert.Equal("", rig.Leftovers());
    }

    // The NOTIFYs and the BYE come over two shards: in either order.
    private static WireMessage TakeBoth(ScriptedPhone ada, PhoneDialog r)
    {
        WireMessage? bye = null;
        for (var i = 0; i < 2; i++)
        {
            if (ada.Unread.Count == 0)
                ada.ExpectSomething();
            if (ada.Unread[0].Method == "BYE")
                bye = ada.Expect("BYE");
            else
                Assert.Equal("200 terminated", ada.ExpectNotify(r));
        }

        return bye!;
    }

    private static string Target(PhoneDialog dialog) => $"Target-Dialog: {dialog.CallId};local-tag={dialog.RemoteTag};remote-tag={dialog.LocalTag}";

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Bob, PhoneDialog A, PhoneDialog B) Talking(int shard)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, shard);
        return (rig, ada, bob, a, b);
    }
}
