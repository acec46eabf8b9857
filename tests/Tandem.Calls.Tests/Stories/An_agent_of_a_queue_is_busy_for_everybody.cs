using Tandem.Calls.Calls;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>While an agent rings for a queue or talks to its caller, his lamp shows it, a second call finds him busy where phones take one, and he is free again afterwards.</summary>
public class An_agent_of_a_queue_is_busy_for_everybody
{
    private static readonly TenantId Tenant = TenantId.Default;

    [Fact]
    public void His_lamp_and_a_second_caller_see_it()
    {
        var rig = new ExchangeRig(CallOptions.Default with { CallWaiting = false });
        var (ada, bob, boss) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var lamp = boss.Watch("101", "dialog", out _);
        rig.Exchange.Queues.Configure(new StoredQueue(Tenant, new QueueSettings { Name = "sales", Number = "700" }, [new("101")]), rig.Network.Now);
        rig.Exchange.Queues.LogIn(Tenant, "101", rig.Network.Now);

        var caller = ServedPhone.Dial(rig, ada, "700");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        rig.Run(1);
        Assert.Contains(">early<", boss.Notified(lamp).Body, StringComparison.Ordinal);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        bob.Expect("ACK");
        rig.Run(1);
        Assert.Contains(">confirmed<", boss.Notified(lamp).Body, StringComparison.Ordinal);
        var second = boss.Dial("101");
        second.Invite(Sdp.Audio());
        second.Ack(boss.Expect("486 INVITE"));

        caller.Dialog.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        rig.Run(1);
        Assert.Contains(">terminated<", boss.Notified(lamp).Body, StringComparison.Ordinal);
        Assert.Empty(rig.Calls);
        lamp.Subscribe("dialog", 0);
        boss.Expect("200 SUBSCRIBE");
        boss.Notified(lamp);
        Assert.Equal("", rig.Leftovers());
    }
}
