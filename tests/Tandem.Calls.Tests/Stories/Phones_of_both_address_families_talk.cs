using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>An exchange with both address families: each phone sees the one that it speaks (RFC 6157; RFC 3261 §18.1.1).</summary>
public class Phones_of_both_address_families_talk
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_call_crosses_from_one_to_the_other(bool v6Calls, bool isStream)
    {
        var rig = new ExchangeRig();
        var server = rig.ListenOnV6();
        Assert.True(NetAddress.TryParse("2001:db8::100", 5060, out var address));
        var six = new ScriptedPhone(rig.Network, "100", address, server);
        var four = rig.Phone("101", registered: false);
        if (isStream)
        {
            six.Connect();
            four.Connect();
        }

        six.Register(regId: 1, instance: "six");
        four.Register(regId: 1, instance: "four");
        Assert.Equal("2001:db8::100", Assert.Single(rig.Exchange.Registrar.Lookup(TenantId.Default, "100")).Flow.Remote.HostText());

        var (caller, callee) = v6Calls ? (six, four) : (four, six);
        var a = caller.Dial(callee.Number);
        a.Invite(Sdp.Audio());
        var invite = callee.Expect("INVITE");
        foreach (var header in new[] { invite["Via"], invite["Contact"] })
            Assert.Contains(v6Calls ? "198.51.100.1" : "[2001:db8::5060]", header, StringComparison.Ordinal);
        Assert.StartsWith($"sip:{callee.Number}@{callee.Address}", invite.RequestUri, StringComparison.Ordinal);
        var b = callee.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        callee.Expect("ACK");
        var ok = caller.Expect("200 INVITE");
        if (!isStream)
            Assert.Contains(v6Calls ? "received=2001:db8::100" : "received=10.0.0.", ok["Via"], StringComparison.Ordinal);
        Assert.Contains(v6Calls ? "[2001:db8::5060]" : "198.51.100.1", ok["Contact"], StringComparison.Ordinal);
        a.Ack(ok);
        b.Send("BYE");
        callee.Expect("200 BYE");
        a.Reply(caller.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }
}
