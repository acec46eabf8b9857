using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3261 §18.4: ICMP says that nobody listens, and the call does not wait for timer B.</summary>
public class A_dead_phone_is_noticed_at_once
{
    [Fact]
    public void The_caller_hears_in_no_time_that_the_phone_is_gone()
    {
        var (rig, ada, bob) = Rig();
        rig.Network.Detach(bob.Address);
        var before = rig.Network.Now;
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        a.AckRefusal(ada.Expect("480"));
        Assert.InRange((rig.Network.Now - before).TotalSeconds, 0, 0.5);
        Assert.Equal(EndReason.TransportFailed, rig.Events.Record.Verdict.Reason);

        // Anybody can forge ICMP: the registration stays.
        Assert.Single(rig.Exchange.Registrar.Lookup(TenantId.Default, "101"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void The_other_phone_rings_on()
    {
        var (rig, ada, bob) = Rig();
        var mobile = rig.Phone("101");
        rig.Network.Detach(bob.Address);
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = mobile.Expect("INVITE");
        mobile.Take(invite).Reply(invite, 180);
        ada.Expect("180");
        mobile.Take(invite).Reply(invite, 486);
        mobile.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        Assert.Equal("", rig.Leftovers());
    }

    // A phone that has answered is there, whatever ICMP says afterwards.
    [Fact]
    public void A_phone_that_rings_is_not_given_up()
    {
        var (rig, ada, bob) = Rig();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        foreach (var shard in rig.Exchange.Shards)
            shard.Receive(new Tandem.Sip.Engine.SipInput(null, new Tandem.Sip.Engine.SipFlow(Tandem.Sip.Engine.SipTransportKind.Udp, default, bob.Address), Undelivered: System.Text.Encoding.ASCII.GetBytes(invite.ToString()!)), rig.Network.Now);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        a.Send("BYE");
        b.Reply(bob.Expect("BYE"), 200);
        ada.Expect("200 BYE");
        Assert.Equal("", rig.Leftovers());
    }

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Bob) Rig()
    {
        var rig = new ExchangeRig();
        rig.Node.HearsOfDeadPorts = true;
        return (rig, rig.Phone("100"), rig.Phone("101"));
    }
}
