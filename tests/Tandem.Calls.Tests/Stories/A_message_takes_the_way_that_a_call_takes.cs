using Tandem.Calls.Events;
using Tandem.Core.Net;
using Tandem.Testing.Dns;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A message goes to the contacts that a call would ring, over the same flows, Path and transport.</summary>
public class A_message_takes_the_way_that_a_call_takes
{
    private const string Plain = "Content-Type: text/plain";

    // RFC 5630 §5.3: no hop without TLS, and the sender is told why.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void To_a_sips_address_it_goes_over_tls_or_not_at_all(bool hasSipsContact)
    {
        var rig = new ExchangeRig();
        var ada = rig.SecurePhone("100", isSips: true);
        var plain = rig.Phone("101");
        var secure = hasSipsContact ? rig.SecurePhone("101", isSips: true) : rig.SecurePhone("101", isSips: false);
        var message = ada.Dial("101");
        message.RemoteTarget = "sips:101@198.51.100.1";
        message.Send("MESSAGE", "hi", Plain);
        if (hasSipsContact)
        {
            var got = secure.Expect("MESSAGE");
            Assert.Equal(secure.ContactUri, got.RequestUri);
            secure.Take(got).Reply(got, 200);
            ada.Expect("200 MESSAGE");
        }
        else
        {
            Assert.Equal("380 198.51.100.1:5061 \"SIPS Not Allowed\"", ada.Expect("480 MESSAGE")["Warning"]);
            secure.ExpectNothing();
        }

        plain.ExpectNothing();
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 5630 §5.3: what was no sips request does not become one.
    [Fact]
    public void To_a_sip_address_it_stays_sip()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.SecurePhone("101", isSips: true);
        ada.Dial("101").Send("MESSAGE", "hi", Plain);
        var got = bob.Expect("MESSAGE");
        Assert.Equal("sip:" + bob.ContactUri["sips:".Length..], got.RequestUri);
        bob.Take(got).Reply(got, 200);
        ada.Expect("200 MESSAGE");
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 5626 §7, §11.5: one flow at a time; the next one when the flow failed, not when the phone refused.
    [Theory]
    [InlineData(200, 1, 200)]
    [InlineData(486, 1, 486)]
    [InlineData(430, 2, 200)]
    public void A_phone_with_two_flows_gets_it_once(int first, int copies, int heard)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = PhoneWithTwoFlows(rig);
        ada.Dial("101").Send("MESSAGE", "hi", Plain);
        for (var i = 0; i < copies; i++)
        {
            var got = bob.Expect("MESSAGE");
            bob.ExpectNothing(0.5);
            bob.Take(got).Reply(got, i == 0 ? first : 200);
        }

        ada.Expect($"{heard} MESSAGE");
        bob.ExpectNothing();
        Assert.Equal(copies, rig.Events.All.OfType<MessageEvent>().Single().Verdict.Contacts);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3327 §5.4, RFC 3263 §4.3.
    [Fact]
    public void A_proxy_that_the_path_has_by_name_is_looked_up()
    {
        var rig = new ExchangeRig(dns: new DnsZone("_sip._udp.edge.test 300 SRV 10 1 5060 one.edge.test", "one.edge.test 300 A 10.9.9.2"));
        var ada = rig.Phone("100");
        var proxy = new ScriptedPhone(rig.Network, "edge", NetAddress.FromV4(0x0A090902, 5060), ExchangeRig.ServerAddress);
        rig.Register("101", "sip:101@192.168.7.7:5099", NetAddress.FromV4(0x0A090903, 5060), 1000, "<sip:edge.test;lr>");
        ada.Dial("101").Send("MESSAGE", "hi", Plain);
        var got = proxy.Expect("MESSAGE");
        Assert.Equal("<sip:edge.test;lr>", got["Route"]);
        Assert.Equal("sip:101@192.168.7.7:5099", got.RequestUri);
        proxy.Take(got).Reply(got, 200);
        ada.Expect("200 MESSAGE");
        Assert.Equal("", rig.Leftovers());
    }

    private static ScriptedPhone PhoneWithTwoFlows(ExchangeRig rig)
    {
        var bob = rig.Phone("101", registered: false);
        bob.Connect();
        bob.Register(regId: 1, instance: "bob");
        rig.Run(1);
        bob.Connect();
        bob.Register(regId: 2, instance: "bob");
        return bob;
    }
}
