using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// A replacement (RFC 3891) and a transfer (RFC 3515) of the same call wait for the same phone: one of them has it, and the other one
/// leaves the call alone that it has gone to.
/// </summary>
public class Whoever_comes_too_late_takes_nobody
{
    [Theory]
    [InlineData(0.30)]
    [InlineData(0.32)]
    [InlineData(0.34)]
    [InlineData(0.36)]
    [InlineData(0.38)]
    public void A_replacement_and_a_transfer_want_the_same_phone(double waiting)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var cleo = rig.Phone("102");
        var dan = rig.Phone("103");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, shard: 0);

        // Ada's change of the session is under way: whoever wants Bob waits for its end.
        a.Invite(Sdp.Audio(port: 30000, version: 2));
        var change = bob.Expect("INVITE");
        b.Reply(change, 100);
        var d = dan.DialOn("101", 0);
        d.Invite(Sdp.Audio(port: 60000), "Replaces: " + a.Replaces());
        rig.Run(0.05);
        ada.Refer(a, "<sip:102@198.51.100.1>");
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        rig.Run(waiting);
        b.Reply(change, 200, Sdp.Audio(port: 40000, version: 2));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));

        // Whose turn it is depends on the clock. Ada does not answer the NOTIFY of a transfer, so her call takes its time to end.
        var reinvite = bob.Expect("INVITE");
        b.Reply(reinvite, 200, Sdp.Audio(port: 40000, version: 3));
        bob.Expect("ACK");
        rig.Run(2);
        Assert.DoesNotContain(bob.Unread, m => m.Method == "INVITE");
        rig.Run(5);
        var left = Assert.Single(rig.Calls);
        Assert.Equal(CallState.Established, left.State);
        Assert.Single(rig.Connected().Split(' '));
        rig.Exchange.HangUp(left.Id);
        rig.Run(1);
        Assert.Equal("", rig.Leftovers());
    }
}
