using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// RFC 4028 §10: a phone answers our refresh with 491, and while we wait to try again (RFC 3261 §14.1) a transfer takes it to
/// another call. The old call still lives until its last NOTIFY is answered; its session is nothing for that phone any more.
/// </summary>
public class A_refresh_of_the_old_call_does_not_reach_the_new_one
{
    [Fact]
    public void That_its_phone_has_gone_to()
    {
        var rig = new ExchangeRig(new CallOptions { SessionExpires = 90 });
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var cleo = rig.Phone("102");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000), "Supported: timer", "Session-Expires: 90;refresher=uac");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        rig.Run(40);
        ada.Refer(a, "<sip:102@198.51.100.1>");
        var ring = cleo.Expect("INVITE");
        var c = cleo.Take(ring);
        b.Reply(bob.Expect("INVITE", 10), 491);
        bob.Expect("ACK");
        c.Reply(ring, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        bob.TakeReinvite(b, 40000);

        // Ada does not answer the NOTIFY, so the old call stays for four seconds more.
        bob.ExpectNothing(3.9);
        Assert.Contains("40000-50000", rig.Connected(), StringComparison.Ordinal);
        rig.Run(1);
        cleo.HangUp(c, bob, b);
        Assert.Equal("", rig.Leftovers());
    }
}
