using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>What is left of registrations when the exchange comes up again: datagrams go on, connections have to come back.</summary>
public class A_restart_keeps_registrations
{
    [Fact]
    public void A_phone_on_datagrams_is_called_at_once_and_a_flow_when_its_phone_is_back()
    {
        var before = new ExchangeRig();
        before.Phone("101", registered: false).Register(regId: 1, instance: "udp");
        var stream = before.Phone("102", registered: false);
        stream.Connect();
        stream.Register(regId: 1, instance: "tcp");

        var rig = new ExchangeRig();
        var udp = rig.Phone("101", registered: false);
        var tcp = rig.Phone("102", registered: false);
        var ada = rig.Phone("100", registered: false);
        rig.Restore(before.Exchange.Registrar.All(TenantId.Default));
        Assert.Equal(2, rig.Exchange.Registrar.Count);
        Assert.Equal(1, rig.Exchange.Registrar.Statistics(TenantId.Default, EpochClock.Epoch).Users);

        Refused(ada, "101", udp, 486);
        var early = ada.Dial("102");
        early.Invite(Sdp.Audio());
        early.AckRefusal(ada.Expect("480"));

        // RFC 5626 §4.5: it finds its connection gone and comes back by itself.
        tcp.Connect();
        tcp.Register(regId: 1, instance: "tcp");
        Assert.Equal(2, rig.Exchange.Registrar.Count);
        Refused(ada, "102", tcp, 486);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3261 §18.1.1: who is not behind a translator and listens is called over a new connection.
    [Fact]
    public void A_phone_that_listens_is_called_over_a_new_connection()
    {
        var before = new ExchangeRig();
        var phone = before.Phone("101", registered: false);
        phone.Connect();
        phone.Register();

        var rig = new ExchangeRig();
        var bob = rig.Phone("101", registered: false);
        var ada = rig.Phone("100", registered: false);
        bob.Listens = true;
        rig.Restore(before.Exchange.Registrar.All(TenantId.Default));

        Refused(ada, "101", bob, 486);
        Assert.Equal(bob.Address, Assert.Single(rig.Node.Connections).Listener);
        Assert.Equal("", rig.Leftovers());
    }

    private static void Refused(ScriptedPhone caller, string number, ScriptedPhone callee, int status)
    {
        var a = caller.Dial(number);
        a.Invite(Sdp.Audio());
        var invite = callee.Expect("INVITE");
        callee.Take(invite).Reply(invite, status);
        callee.Expect("ACK");
        a.AckRefusal(caller.Expect($"{status}"));
    }
}
