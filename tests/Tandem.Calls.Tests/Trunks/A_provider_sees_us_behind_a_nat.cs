using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>RFC 3581 §4, §9: what a provider sees of us, by REGISTER or by OPTIONS, is what our Contact and our SDP toward it name, and nobody else's.</summary>
public sealed class A_provider_sees_us_behind_a_nat
{
    private const string Did = "+4930123456";

    private static readonly NetAddress Public = NetAddress.FromV4(0xC0000209, 41_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Calls_in_both_directions_name_the_public_address(bool registers)
    {
        var (rig, ada, carrier) = Rig(registers);
        var a = ada.Dial("030123457");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = carrier.Expect("INVITE");
        Assert.Equal("sip:tokenp1@192.0.2.9:41000;line=tokenp1", invite.ContactUri);
        Assert.Contains("c=IN IP4 192.0.2.9\r\n", invite.Body, StringComparison.Ordinal);
        var c = carrier.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 40000));
        carrier.Expect("ACK");
        var answer = ada.Expect("200 INVITE");
        Assert.Contains($"c=IN IP4 {FakeMediaService.Host}\r\n", answer.Body, StringComparison.Ordinal);
        a.Ack(answer);
        a.Invite(Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
        var hold = carrier.Expect("INVITE");
        Assert.Contains("c=IN IP4 192.0.2.9\r\n", hold.Body, StringComparison.Ordinal);
        c.Reply(hold, 200, Sdp.Audio(port: 40000, direction: "recvonly", version: 2));
        carrier.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        c.Reply(carrier.Expect("BYE"), 200);

        // And in: the provider reaches what it was told.
        var d = carrier.Dial("x");
        d.RemoteTarget = registers ? "sip:tokenp1@192.0.2.9:41000;line=tokenp1" : $"sip:{Did}@192.0.2.9:41000";
        d.RemoteUri = $"<sip:{Did}@provider.test>";
        d.LocalUri = "<sip:0301111111@provider.test>";
        d.Invite(Sdp.Audio(port: 40000));
        carrier.Expect("100");
        var ringing = ada.Expect("INVITE");
        Assert.Contains($"c=IN IP4 {FakeMediaService.Host}\r\n", ringing.Body, StringComparison.Ordinal);
        var b = ada.Take(ringing);
        b.Reply(ringing, 200, Sdp.Audio(port: 30000));
        ada.Expect("ACK");
        var accepted = carrier.Expect("200 INVITE");
        Assert.Contains("c=IN IP4 192.0.2.9\r\n", accepted.Body, StringComparison.Ordinal);
        Assert.Equal("sip:tokenp1@192.0.2.9:41000;line=tokenp1", accepted.ContactUri);
        d.Ack(accepted);
        d.Send("BYE");
        carrier.Expect("200 BYE");
        b.Reply(ada.Expect("BYE"), 200);
        Finish(rig);
    }

    [Fact]
    public void A_switch_keeps_our_own_address_in_the_description()
    {
        var (rig, ada, carrier) = Rig(registers: true, o => o with { Trunks = o.Trunks with { LearnedAddressInSdp = false } });
        var a = ada.Dial("030123457");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = carrier.Expect("INVITE");
        Assert.Contains($"c=IN IP4 {FakeMediaService.Host}\r\n", invite.Body, StringComparison.Ordinal);
        Assert.Equal("sip:tokenp1@192.0.2.9:41000;line=tokenp1", invite.ContactUri);
        carrier.Take(invite).Reply(invite, 486);
        carrier.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        Finish(rig);
    }

    private static void Finish(ExchangeRig rig)
    {
        rig.Run(1);
        Assert.Equal(0, rig.Exchange.Trunks.UsageOf(new ProfileId("p1")).Calls);
        rig.Profiles.Remove(new ProfileId("p1"));
        rig.Run(40); // the last REGISTER of a registration is answered by nobody
        Assert.Equal("", rig.Leftovers());
    }

    // It has registered, or was asked whether it is there, and has said what it sees.
    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Carrier) Rig(bool registers, Func<ExchangeOptions, ExchangeOptions>? options = null)
    {
        Assert.True(NetPrefix.TryParse("203.0.113.0/24", out var prefix));
        var rig = new ExchangeRig(options: options);
        rig.Network.Nat = new VirtualNat(ExchangeRig.ServerAddress, Public, address => address.IsSameHost(ProfileSamples.ProviderAddress));
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, Public);
        rig.Profiles.Save(ProfileSamples.Profile() with
        {
            Registers = registers,
            HealthIntervalSeconds = registers ? 0 : 3_600,
            Prefixes = registers ? [] : [prefix],
            Numbers = new NumberPlan("49"),
        });
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, Did, null, "100"));
        rig.Exchange.StartProfiles();
        var ada = rig.Phone("100");
        Grant(carrier, carrier.Expect(registers ? "REGISTER" : "OPTIONS", seconds: 600));
        if (registers)
        {
            // The Contact of the first one led nowhere.
            var second = carrier.Expect("REGISTER");
            Assert.Equal("sip:tokenp1@192.0.2.9:41000;line=tokenp1", second.ContactUri);
            Grant(carrier, second);
        }

        rig.Run(0.5);
        var state = rig.Exchange.Trunks.Find(new ProfileId("p1"));
        Assert.Equal(("192.0.2.9:41000", true), (state?.PublicAddress, state?.IsUsable));
        return (rig, ada, carrier);
    }

    private static void Grant(ScriptedPhone carrier, WireMessage request)
    {
        var contact = request.Method == "REGISTER" ? $"Contact: <{request.ContactUri}>;expires=3600\r\n" : "";
        carrier.Send($"SIP/2.0 200 OK\r\nVia: {request["Via"].Replace(";rport", ";received=192.0.2.9;rport=41000", StringComparison.Ordinal)}\r\nFrom: {request["From"]}\r\n"
            + $"To: {request["To"]};tag=p\r\nCall-ID: {request.CallId}\r\nCSeq: {request["CSeq"]}\r\n{contact}Content-Length: 0\r\n\r\n");
    }
}
