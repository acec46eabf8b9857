using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 5589 §7, RFC 3891: Ada talks to Bob, asks Cleo, and connects the two.</summary>
public class An_attended_transfer_joins_two_calls_on_different_shards
{
    // On the same shard as well; Ada may have called or been called in either call.
    [Theory]
    [InlineData(0, 1, true, true)]
    [InlineData(1, 0, true, true)]
    [InlineData(0, 0, true, true)]
    [InlineData(1, 1, true, true)]
    [InlineData(0, 1, false, true)]
    [InlineData(0, 1, true, false)]
    [InlineData(1, 0, false, false)]
    [InlineData(1, 1, false, false)]
    public void And_who_asked_leaves_both(int firstShard, int secondShard, bool calledBob, bool calledCleo)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var cleo = rig.Phone("102");
        var (a, b) = calledBob ? rig.Connect(ada, bob, 30000, 40000, firstShard) : Swap(rig.Connect(bob, ada, 40000, 30000, firstShard));
        a.Invite(Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
        var hold = bob.Expect("INVITE");
        b.Reply(hold, 200, Sdp.Audio(port: 40000, direction: "recvonly", version: 2));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        var (a2, c) = calledCleo ? rig.Connect(ada, cleo, 30010, 50000, secondShard) : Swap(rig.Connect(cleo, ada, 50000, 30010, secondShard));
        var (first, second) = (rig.Calls[0].Id, rig.Calls[1].Id);

        ada.Refer(a, a2.ReferTo());
        var toCleo = cleo.TakeReinvite(c, 50000);
        Assert.Equal("sendrecv", Sdp.DirectionOf(toCleo.Body));
        Assert.Contains("sip:101@", toCleo["P-Asserted-Identity"], StringComparison.Ordinal);
        a2.Reply(ada.Expect("BYE"), 200); // the consultation is over
        var toBob = bob.TakeReinvite(b, 40000, 3);
        Assert.Equal("sendrecv", Sdp.DirectionOf(toBob.Body));
        Assert.Equal("200 terminated", ada.ExpectNotify(a));
        a.Reply(ada.Expect("BYE"), 200);
        rig.Run(1);

        var now = Assert.Single(rig.Calls);
        Assert.Equal(("101", "102", "100", (CallId?)first), (now.CallerNumber, now.CalleeNumber, now.TransferredBy, now.TransferredFrom));
        Assert.False(now.HeldByCaller || now.HeldByCallee);
        Assert.Equal(2, rig.Events.Records.Count);
        Assert.All(rig.Events.Records, r => Assert.Equal(EndReason.Transferred, r.Verdict.Reason));
        Assert.Equal([first, second], rig.Events.Records.Select(r => r.Id).OrderBy(i => i.Value, StringComparer.Ordinal));

        // Requests pass through both shards, and so does the end.
        b.Invite(Sdp.Audio(port: 40000, direction: "sendonly", version: 4));
        var held = cleo.Expect("INVITE");
        Assert.Equal("sendonly", Sdp.DirectionOf(held.Body));
        c.Reply(held, 200, Sdp.Audio(port: 50000, direction: "recvonly", version: 3));
        cleo.Expect("ACK");
        b.Ack(bob.Expect("200 INVITE"));
        c.Send("INFO", "Signal=5\r\n", "Content-Type: application/dtmf-relay");
        b.Reply(bob.Expect("INFO"), 200);
        cleo.Expect("200 INFO");
        cleo.HangUp(c, bob, b);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(3, rig.Events.Records.Count);
    }

    // The new call is one like any other, from whichever end, though it spans two shards.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void And_the_new_call_can_be_transferred_in_its_turn(bool byBob)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var cleo = rig.Phone("102");
        var dan = rig.Phone("103");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, 0);
        var (a2, c) = rig.Connect(ada, cleo, 30010, 50000, 1);
        ada.Refer(a, a2.ReferTo());
        cleo.TakeReinvite(c, 50000);
        a2.Reply(ada.Expect("BYE"), 200);
        bob.TakeReinvite(b, 40000);
        Assert.Equal("200 terminated", ada.ExpectNotify(a));
        a.Reply(ada.Expect("BYE"), 200);

        var (who, w, other, o, port) = byBob ? (bob, b, cleo, c, 50000) : (cleo, c, bob, b, 40000);
        who.Refer(w, "<sip:103@198.51.100.1>");
        var invite = dan.Expect("INVITE");
        Assert.Contains($"sip:{other.Number}@", invite["From"], StringComparison.Ordinal);
        Assert.Equal($"<sip:{who.Number}@198.51.100.1>", invite["Referred-By"]);
        var d = dan.Take(invite);
        d.Reply(invite, 200, Sdp.Audio(port: 60000));
        dan.Expect("ACK");
        other.TakeReinvite(o, port, 5);
        Assert.Equal("200 terminated", who.ExpectNotify(w));
        w.Reply(who.Expect("BYE"), 200);
        rig.Run(1);
        Assert.Contains(rig.Calls, r => r.CallerNumber == other.Number && r.CalleeNumber == "103");
        dan.HangUp(d, other, o);
        Assert.Equal("", rig.Leftovers());
    }

    // The consultation partner does not take the change: both calls stay as they are (RFC 3891 §3).
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void And_both_stay_when_the_target_refuses(int firstShard, int secondShard)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var cleo = rig.Phone("102");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, firstShard);
        var (a2, c) = rig.Connect(ada, cleo, 30010, 50000, secondShard);
        ada.Refer(a, a2.ReferTo());
        c.Reply(cleo.Expect("INVITE"), 488);
        cleo.Expect("ACK");
        Assert.Equal("488 terminated", ada.ExpectNotify(a));
        rig.Run(1);
        Assert.Equal("30000-40000 30010-50000", rig.Connected());
        Assert.Empty(bob.Unread);
        ada.HangUp(a, bob, b);
        ada.HangUp(a2, cleo, c);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(2, rig.Events.Records.Count(r => r.Verdict.Reason == EndReason.Completed));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public void And_a_dialog_that_is_gone_is_481(int firstShard, int secondShard)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var cleo = rig.Phone("102");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, firstShard);
        var (a2, c) = rig.Connect(ada, cleo, 30010, 50000, secondShard);
        ada.HangUp(a2, cleo, c);
        rig.Run(40);
        ada.Refer(a, a2.ReferTo());
        Assert.Equal("481 terminated", ada.ExpectNotify(a));
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    private static (PhoneDialog, PhoneDialog) Swap((PhoneDialog From, PhoneDialog To) pair) => (pair.To, pair.From);
}
