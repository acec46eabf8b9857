using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 5626 §7: flows of one phone are tried one after the other, and only when the flow failed, not the phone.</summary>
public class A_flow_dies_and_the_call_takes_the_other_one
{
    private readonly ExchangeRig _rig = new();
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _bob;
    private readonly VirtualConnection _first;
    private readonly VirtualConnection _second;

    public A_flow_dies_and_the_call_takes_the_other_one()
    {
        _ada = _rig.Phone("100");
        _bob = _rig.Phone("101", registered: false);
        _first = _bob.Connect();
        _bob.Register(regId: 1, instance: "bob");
        _rig.Run(1);
        _second = _bob.Connect();
        _bob.Register(regId: 2, instance: "bob");
    }

    [Fact]
    public void The_newest_flow_rings_alone()
    {
        var a = _ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = _bob.Expect("INVITE");
        var b = _bob.Take(invite);
        b.Reply(invite, 180);
        _ada.Expect("180");
        _bob.ExpectNothing();
        b.Reply(invite, 486);
        _bob.Expect("ACK");

        // 486 is the answer of the phone: the other flow would ring the same one again.
        a.AckRefusal(_ada.Expect("486"));
        _bob.ExpectNothing();
        AssertClean();
    }

    [Fact]
    public void A_connection_that_is_gone_is_no_flow_any_more()
    {
        _bob.Use(_first);
        _second.Break();
        _rig.Run(0.1);
        Assert.Equal(1, Assert.Single(_rig.Exchange.Registrar.Lookup(TenantId.Default, "101")).RegId);
        Assert.Contains(_rig.Events.All, e => e is Tandem.Calls.Events.RegistrationEvent { Change: Tandem.Calls.Events.RegistrationChange.ConnectionClosed, Binding.RegId: 2 });

        TalkOver();
        AssertClean();
    }

    // 430 comes from a proxy on the path of the flow.
    [Fact]
    public void A_flow_that_failed_is_followed_by_the_next_at_once()
    {
        var a = _ada.Dial("101");
        a.Invite(Sdp.Audio());
        var first = _bob.Expect("INVITE");
        _bob.Take(first).Reply(first, 430);
        _bob.Expect("ACK");
        var second = _bob.Expect("INVITE", 0.1);
        Assert.NotEqual(first.CallId, second.CallId);

        // The last flow failed as well: the caller hears nothing of flows.
        _bob.Take(second).Reply(second, 430);
        _bob.Expect("ACK");
        a.AckRefusal(_ada.Expect("480"));
        AssertClean();
    }

    // The end of the connection was not noticed before the call: the INVITE cannot be sent.
    [Fact]
    public void A_flow_that_cannot_be_used_is_followed_by_the_next_at_once()
    {
        _rig.Node.ConnectionClosed = null;
        _bob.Use(_first);
        _second.Break();

        TalkOver();
        AssertClean();
    }

    // §7: 408 is no answer of the phone either.
    [Fact]
    public void A_flow_on_which_nothing_comes_back_is_followed_by_the_next()
    {
        var a = _ada.Dial("101");
        a.Invite(Sdp.Audio());
        var lost = _bob.Expect("INVITE");
        var again = _bob.Expect("INVITE", 6);
        Assert.NotEqual(lost.CallId, again.CallId);
        var b = _bob.Take(again);
        b.Reply(again, 200, Sdp.Audio(port: 40_000));
        _bob.Expect("ACK");
        a.Ack(_ada.Expect("200 INVITE"));
        b.Send("BYE");
        _bob.Expect("200 BYE");
        a.Reply(_ada.Expect("BYE"), 200);

        // It was only slow: what it answers to the first INVITE is ended.
        var late = _bob.Take(lost);
        late.Reply(lost, 200, Sdp.Audio(port: 40_002));
        _bob.Expect("ACK");
        late.Reply(_bob.Expect("BYE"), 200);
        AssertClean();
    }

    // Two phones of one extension still ring together.
    [Fact]
    public void Other_phones_of_the_extension_ring_as_ever()
    {
        var carol = new ScriptedPhone(_rig.Network, "101", Tandem.Core.Net.NetAddress.FromV4(0x0A0000F1, 5060), ExchangeRig.ServerAddress);
        carol.Register(regId: 1, instance: "carol");
        var a = _ada.Dial("101");
        a.Invite(Sdp.Audio());
        var (toBob, toCarol) = (_bob.Expect("INVITE"), carol.Expect("INVITE"));
        _bob.Take(toBob).Reply(toBob, 486);
        _bob.Expect("ACK");
        _bob.ExpectNothing();
        carol.Take(toCarol).Reply(toCarol, 486);
        carol.Expect("ACK");
        a.AckRefusal(_ada.Expect("486"));
        AssertClean();
    }

    private void TalkOver()
    {
        var a = _ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = _bob.Expect("INVITE", 0.5);
        var b = _bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        _bob.Expect("ACK");
        a.Ack(_ada.Expect("200 INVITE"));
        a.Send("BYE");
        b.Reply(_bob.Expect("BYE"), 200);
        _ada.Expect("200 BYE");
    }

    private void AssertClean() => Assert.Equal("", _rig.Leftovers());
}
