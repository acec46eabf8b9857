using Tandem.Calls.Calls;
using Tandem.Calls.Routing.Rules;
using Tandem.Core.Net;
using Tandem.Testing.Dns;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// A rule sends 500 to a SIP address on the Internet, whose owner names a host beside the server in all ways that a SIP message has: nothing gets there, unless the option lets it.
/// </summary>
public class A_sip_address_leads_into_no_private_network
{
    private static readonly NetAddress Outside = NetAddress.FromV4(0x08080404, 5060);
    private static readonly NetAddress Inside = NetAddress.FromV4(0x0A090909, 5060);

    private readonly DnsZone _zone = new();
    private readonly ExchangeRig _rig;
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _far;
    private readonly ScriptedPhone _victim;

    public A_sip_address_leads_into_no_private_network()
        : this(false)
    {
    }

    private A_sip_address_leads_into_no_private_network(bool isAllowed)
    {
        _rig = new ExchangeRig(dns: _zone, options: o => o with
        {
            Trunks = o.Trunks with { External = true, ExternalAllowPrivate = isAllowed && NetPrefix.TryParse("10.9.0.0/16", out var prefix) ? [prefix] : [] },
        });
        _ada = _rig.Phone("100");
        _far = new ScriptedPhone(_rig.Network, "bob", Outside, ExchangeRig.ServerAddress);
        _victim = new ScriptedPhone(_rig.Network, "db", Inside, ExchangeRig.ServerAddress);
    }

    // RFC 3261 §12.2.1.1, §12.2.2: the Contact of the answer is where requests go when the peer is not heard from any more.
    [Theory]
    [InlineData("contact", false)]
    [InlineData("contact", true)]
    [InlineData("route", false)]
    [InlineData("route", true)]
    [InlineData("name", false)]
    [InlineData("name", true)]
    public void A_target_or_a_route_inside(string way, bool isAllowed)
    {
        var story = new A_sip_address_leads_into_no_private_network(isAllowed);
        story._zone.Add("inside.test 60 A 10.9.9.9");
        story.TargetInside(way, isAllowed);
    }

    private void TargetInside(string way, bool isAllowed)
    {
        var (a, b) = Talk(way switch
        {
            "contact" => $"Contact: <sip:db@{Inside}>",
            "name" => "Contact: <sip:db@inside.test>",
            _ => $"Record-Route: <sip:{Inside};lr>",
        });
        _rig.Network.Detach(Outside);
        _rig.Node.Unreachable.Add(Outside);
        a.Send("BYE");
        _ada.Expect("200 BYE");
        if (isAllowed)
            _victim.Expect("BYE", 40);
        else
            _victim.ExpectNothing(40);
        Assert.NotNull(b);
        Assert.Single(_rig.Events.Records);
    }

    // A later target refresh, by a request of the peer (RFC 3261 §12.2.2).
    [Fact]
    public void A_target_that_a_reinvite_brings()
    {
        var (a, b) = Talk();
        b.Send("INVITE", Sdp.Audio(port: 40000), $"Contact: <sip:db@{Inside}>");
        a.Reply(_ada.Expect("INVITE"), 200, Sdp.Audio(port: 30000));
        _ada.Expect("ACK");
        b.Ack(_far.Expect("200 INVITE"));
        _rig.Run(0.5);
        _rig.Network.Detach(Outside);
        _rig.Node.Unreachable.Add(Outside);
        a.Send("BYE");
        _ada.Expect("200 BYE");
        _victim.ExpectNothing(40);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(305)]
    public void A_redirection(int status)
    {
        var a = Dial();
        var invite = _far.Expect("INVITE");
        _far.Take(invite).Reply(invite, status, "", $"Contact: <sip:db@{Inside}>");
        _far.Expect("ACK");
        _ada.ExpectSomething();
        a.AckRefusal(_ada.Unread[0]);
        _victim.ExpectNothing(5);
        Assert.Single(_rig.Events.Records);
        Assert.Equal("", _rig.Leftovers());
    }

    // RFC 3263 §4.3: the name has several addresses, and the first refuses.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_next_address_of_a_name(bool isFirst)
    {
        _zone.Add(
            "_sip._udp.far.test 300 SRV 10 1 5060 one.far.test", "_sip._udp.far.test 300 SRV 20 1 5060 two.far.test",
            $"one.far.test 300 A {(isFirst ? "10.9.9.9" : "8.8.4.4")}", $"two.far.test 300 A {(isFirst ? "8.8.4.4" : "10.9.9.9")}");
        var a = Dial("far.test");
        var invite = _far.Expect("INVITE");
        _far.Take(invite).Reply(invite, 503);
        _far.Expect("ACK");
        _ada.ExpectSomething(40);
        a.AckRefusal(_ada.Unread[0]);
        _victim.ExpectNothing(5);
        Assert.Equal("", _rig.Leftovers());
    }

    // Who owns the name may give another address each time that he is asked: an INVITE that goes out anew (RFC 4028 §6) is looked up anew.
    [Fact]
    public void A_name_that_leads_elsewhere_the_second_time()
    {
        _zone.Add("far.test 0 A 8.8.4.4");
        var a = Dial("far.test:5060");
        var invite = _far.Expect("INVITE");
        _zone.Clear();
        _zone.Add("far.test 0 A 10.9.9.9");
        _far.Take(invite).Reply(invite, 422, "", "Min-SE: 3000");
        _far.Expect("ACK");
        _ada.ExpectSomething(10);
        a.AckRefusal(_ada.Unread[0]);
        _victim.ExpectNothing(5);
        Assert.Equal("", _rig.Leftovers());
    }

    // A datagram with a forged source and the right branch: the ACK and the BYE go where the INVITE went.
    [Fact]
    public void An_answer_that_seems_to_come_from_inside()
    {
        var a = Dial();
        var invite = _far.Expect("INVITE");
        var forged = _victim.Take(invite);
        forged.Reply(invite, 200, Sdp.Audio(port: 40000));
        a.Ack(_ada.Expect("200 INVITE"));
        _far.Expect("ACK");
        a.Send("BYE");
        _ada.Expect("200 BYE");
        _far.Take(invite).Reply(_far.Expect("BYE"), 200);
        _victim.ExpectNothing(5);
        Assert.Equal("", _rig.Leftovers());
    }

    // The same with a request in the dialog, where nobody is asked for credentials.
    [Fact]
    public void A_request_that_seems_to_come_from_inside()
    {
        var (a, b) = Talk();
        b.MoveTo(_victim).Send("INFO");
        _victim.Expect("403 INFO");
        a.Send("BYE");
        _ada.Expect("200 BYE");
        b.Reply(_far.Expect("BYE"), 200);
        _victim.ExpectNothing(2);
        Assert.Equal("", _rig.Leftovers());
    }

    // What its SDP says is judged where media is negotiated (SessionNegotiationTests, MediaTransportTests); here it is told so, and of nobody else.
    [Fact]
    public void Its_media_is_kept_outside_too()
    {
        var (a, b) = Talk();
        var session = _rig.Media.Last!;
        Assert.Equal([], session.Expected[CallSide.Callee].PublicAnd);
        Assert.Null(session.Expected[CallSide.Caller]?.PublicAnd);
        _ada.HangUp(a, _far, b);
    }

    // RFC 5589 §7: who dialled the address connects it to somebody else. The new session is told the same of it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Its_media_is_kept_outside_in_the_call_to_which_it_comes(bool isReplaced)
    {
        var bob = _rig.Phone("101");
        var (first, b) = _rig.Connect(_ada, bob, 30010, 50000);
        var (second, far) = Talk();
        if (isReplaced)
            _ada.Refer(first, second.ReferTo());
        else
            _ada.Refer(second, first.ReferTo());
        _rig.Run(1);
        if (isReplaced)
        {
            _far.TakeReinvite(far, 40000);
            second.Reply(_ada.Expect("BYE"), 200);
            bob.TakeReinvite(b, 50000);
        }
        else
        {
            bob.TakeReinvite(b, 50000);
            first.Reply(_ada.Expect("BYE"), 200);
            _far.TakeReinvite(far, 40000);
        }

        var asked = isReplaced ? first : second;
        Assert.Equal("200 terminated", _ada.ExpectNotify(asked));
        asked.Reply(_ada.Expect("BYE"), 200);
        _rig.Run(1);
        var told = _rig.Media.Open.SelectMany(s => s.Expected.Values).Where(peer => peer is not null).ToList();
        Assert.Single(told, peer => peer.PublicAnd is not null);
        Assert.Equal(2, told.Count);
    }

    private PhoneDialog Dial(string host = "8.8.4.4")
    {
        _rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "bob", Numbers = ["500"], Actions = [new ActionBody { To = $"external:sip:bob@{host}" }] }] }.Normalized());
        var a = _ada.Dial("500");
        a.Invite(Sdp.Audio(port: 30000));
        return a;
    }

    private (PhoneDialog Ada, PhoneDialog Far) Talk(params string[] headers)
    {
        var a = Dial();
        var invite = _far.Expect("INVITE");
        var b = _far.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000), headers);
        _far.Expect("ACK");
        a.Ack(_ada.Expect("200 INVITE"));
        _rig.Run(0.5);
        return (a, b);
    }
}
