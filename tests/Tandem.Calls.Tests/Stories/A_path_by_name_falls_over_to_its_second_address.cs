using Tandem.Core.Net;
using Tandem.Testing.Dns;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// A contact behind an edge proxy that its Path has by name (RFC 3327 §5.2): the INVITE goes to the first address of the proxy, and to
/// the second when that one is dead, refuses or says 503 (RFC 3263 §4.3). The caller hears nothing of it.
/// </summary>
public sealed class A_path_by_name_falls_over_to_its_second_address
{
    private const string Edge = "<sip:edge.test;lr>";
    private static readonly NetAddress Dead = NetAddress.FromV4(0x0A090901, 5060);

    [Fact]
    public void The_call_goes_over_the_second_address_after_four_seconds_and_the_next_one_at_once()
    {
        var (rig, ada, proxy) = Rig();
        var start = rig.Network.Now;
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        Talk(rig, ada, call, proxy);
        Assert.InRange((rig.Network.Now - start).TotalSeconds, 4, 4.5);

        start = rig.Network.Now;
        call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        Talk(rig, ada, call, proxy);
        Assert.InRange((rig.Network.Now - start).TotalSeconds, 0, 0.5);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void An_address_that_refuses_costs_no_time()
    {
        var (rig, ada, proxy) = Rig();
        rig.Node.Unreachable.Add(Dead);
        var start = rig.Network.Now;
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        Talk(rig, ada, call, proxy);

        Assert.InRange((rig.Network.Now - start).TotalSeconds, 0, 0.5);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_503_is_acknowledged_and_the_second_address_takes_the_call()
    {
        var (rig, ada, proxy) = Rig();
        var busy = new ScriptedPhone(rig.Network, "edge1", Dead, ExchangeRig.ServerAddress);
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        var refused = busy.Expect("INVITE");
        busy.Take(refused).Reply(refused, 503, "", "Retry-After: 60");
        Assert.Equal(refused["Via"], busy.Expect("ACK")["Via"]);
        Talk(rig, ada, call, proxy);

        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void An_address_that_answers_too_late_leaves_no_call_behind()
    {
        var (rig, ada, proxy) = Rig();
        var slow = new ScriptedPhone(rig.Network, "edge1", Dead, ExchangeRig.ServerAddress);
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        var first = slow.Expect("INVITE");
        var second = proxy.Expect("INVITE", 6);
        Assert.NotEqual(first["Via"], second["Via"]);
        Assert.Equal(first.CallId, second.CallId);
        Answer(rig, ada, call, proxy, second, out var dialog);

        // Both think that they have a session: the second to answer is ended at once.
        var ghost = slow.Take(first);
        ghost.Reply(first, 200, Sdp.Audio(), "Contact: <sip:101@10.9.9.1>");
        slow.Expect("ACK");
        ghost.Reply(slow.Expect("BYE"), 200);

        dialog.Send("BYE");
        proxy.Expect("200");
        call.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_caller_who_gives_up_cancels_where_the_call_is_now()
    {
        var (rig, ada, proxy) = Rig();
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        var invite = proxy.Expect("INVITE", 6);
        var dialog = proxy.Take(invite);
        dialog.Reply(invite, 180);
        ada.Expect("180");
        call.Cancel();
        ada.Expect("200 CANCEL");
        var cancel = proxy.Expect("CANCEL");
        Assert.Equal(invite["Via"], cancel["Via"]);
        dialog.Reply(cancel, 200);
        dialog.Reply(invite, 487);
        proxy.Expect("ACK");
        call.AckRefusal(ada.Expect("487"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_caller_who_gives_up_while_the_name_is_asked_for_leaves_nothing_behind()
    {
        var (rig, ada, _) = Rig(zone => zone.IsAway = true);
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        rig.Run(2);
        call.Cancel();
        ada.Expect("200 CANCEL");
        call.AckRefusal(ada.Expect("487"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_name_that_leads_nowhere_leaves_the_flow_of_the_registration()
    {
        var (rig, ada, proxy) = Rig(zone => zone.Clear());
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        Talk(rig, ada, call, proxy);
        Assert.Equal("", rig.Leftovers());
    }

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Proxy) Rig(Action<DnsZone>? change = null)
    {
        var zone = new DnsZone();
        var rig = new ExchangeRig(dns: zone);
        var ada = rig.Phone("100");
        var proxy = rig.Phone("edge2", registered: false);
        zone.Add(
            "_sip._udp.edge.test 300 SRV 10 1 5060 one.edge.test", "_sip._udp.edge.test 300 SRV 20 1 5060 two.edge.test",
            "one.edge.test 300 A 10.9.9.1", $"two.edge.test 300 A {proxy.Address.HostText()}");
        change?.Invoke(zone);
        rig.Register("101", "sip:101@192.0.2.77:5099", proxy.Address, 1000, Edge);
        return (rig, ada, proxy);
    }

    private static void Talk(ExchangeRig rig, ScriptedPhone ada, PhoneDialog call, ScriptedPhone proxy)
    {
        Answer(rig, ada, call, proxy, proxy.Expect("INVITE", 6), out var dialog);
        dialog.Send("BYE");
        proxy.Expect("200");
        call.Reply(ada.Expect("BYE"), 200);
    }

    private static void Answer(ExchangeRig rig, ScriptedPhone ada, PhoneDialog call, ScriptedPhone proxy, WireMessage invite, out PhoneDialog dialog)
    {
        Assert.Equal(("sip:101@192.0.2.77:5099", Edge), (invite.RequestUri, invite["Route"]));
        dialog = proxy.Take(invite);
        dialog.Reply(invite, 200, Sdp.Audio());
        call.Ack(ada.Expect("200"));
        proxy.Expect("ACK");
        Assert.Single(rig.Calls);
    }
}
