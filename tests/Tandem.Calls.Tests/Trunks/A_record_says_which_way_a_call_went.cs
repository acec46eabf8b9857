using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>Direction and profile of a call, from its first event to its record, whoever is in it in the end.</summary>
public sealed class A_record_says_which_way_a_call_went
{
    private readonly ExchangeRig _rig = new();
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _bob;
    private readonly ScriptedPhone _carrier;

    public A_record_says_which_way_a_call_went()
    {
        _carrier = new ScriptedPhone(_rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        _rig.Profiles.Save(Profile());
        _rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, "+4930123456", new ProfileId("p1"), "101"));
        _rig.Exchange.StartProfiles();
        _ada = _rig.Phone("100");
        _bob = _rig.Phone("101");
        _rig.Run(0.1);
    }

    [Fact]
    public void Inside_it_has_no_profile()
    {
        var (a, b) = _rig.Connect(_ada, _bob, 30000, 40000);
        _ada.HangUp(a, _bob, b);
        Expect("Internal", "Internal");
    }

    [Fact]
    public void From_a_provider_it_is_inbound()
    {
        var (c, b) = ComeIn();
        _carrier.HangUp(c, _bob, b);
        Expect("Inbound p1", "Inbound p1");
    }

    [Fact]
    public void To_a_provider_it_is_outbound()
    {
        var (a, c) = GoOut(_ada);
        _ada.HangUp(a, _carrier, c);
        Expect("Outbound p1", "Outbound p1");
    }

    [Fact]
    public void The_profile_is_the_last_that_was_tried()
    {
        var other = new ScriptedPhone(_rig.Network, "carrier2", ProfileSamples.SecondAddress, ExchangeRig.ServerAddress);
        _rig.Profiles.Save(Profile("p2") with { Server = "203.0.113.2", Priority = 20 });
        _rig.Run(0.1);
        var a = _ada.Dial("030123456789");
        a.Invite(Sdp.Audio(port: 30000));
        var first = _carrier.Expect("INVITE");
        _carrier.Take(first).Reply(first, 503);
        _carrier.Expect("ACK");
        var second = other.Expect("INVITE", seconds: 10);
        Assert.Equal("p2", Assert.Single(_rig.Calls).ProfileId);
        var o = other.Take(second);
        o.Reply(second, 200, Sdp.Audio(port: 50000));
        other.Expect("ACK");
        a.Ack(_ada.Expect("200 INVITE"));
        _ada.HangUp(a, other, o);
        Assert.Equal(["Created p1", "Answered p2", "Ended p2"], _rig.Events.All.OfType<CallEvent>().Select(e => $"{e.GetType().Name[4..]} {e.Call.ProfileId}"));
        Expect("Outbound p1", "Outbound p2");
    }

    [Fact]
    public void A_call_that_no_profile_lets_out_was_outbound_all_the_same()
    {
        _rig.Profiles.Save(Profile() with { MaxCalls = 1 });
        var (a, c) = GoOut(_bob);
        var refused = _ada.Dial("030123456789");
        refused.Invite(Sdp.Audio());
        refused.AckRefusal(_ada.Expect("503"));
        _bob.HangUp(a, _carrier, c);
        Expect("Outbound p1, Outbound p1", "Outbound p1, Outbound p1");
    }

    // Who is outside is the caller of the new call: it came from there, whoever began the first.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Somebody_outside_who_is_passed_on_comes_from_there(bool cameIn)
    {
        var dan = _rig.Phone("103");
        var (c, b) = cameIn ? ComeIn() : Swap(GoOut(_bob));
        _bob.Refer(b, "<sip:103@198.51.100.1>");
        var invite = dan.Expect("INVITE");
        var d = dan.Take(invite);
        d.Reply(invite, 200, Sdp.Audio(port: 60000));
        dan.Expect("ACK");
        Move(_carrier, c, 50000);
        Assert.Equal("200 terminated", _bob.ExpectNotify(b));
        b.Reply(_bob.Expect("BYE"), 200);
        dan.HangUp(d, _carrier, c);
        var first = cameIn ? "Inbound p1" : "Outbound p1";
        Expect($"{first}, Inbound p1", $"{first}, Inbound p1");
    }

    // RFC 3515: to a number of the world, by the dial plan.
    [Fact]
    public void A_colleague_who_is_passed_on_to_outside_goes_there()
    {
        var (a, b) = _rig.Connect(_ada, _bob, 30000, 40000);
        _bob.Refer(b, "<sip:030123456789@198.51.100.1>");
        var invite = _carrier.Expect("INVITE");
        var c = _carrier.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        _carrier.Expect("ACK");
        Move(_ada, a, 30000);
        Assert.Equal("200 terminated", _bob.ExpectNotify(b));
        b.Reply(_bob.Expect("BYE"), 200);
        _ada.HangUp(a, _carrier, c);
        Expect("Internal, Outbound p1", "Internal, Outbound p1");
    }

    // RFC 5589 §7: Bob asks outside first and then connects Ada; the leg to the provider is of another call, maybe of another shard.
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void A_colleague_who_is_connected_with_outside_goes_there(int shard, bool cameIn)
    {
        var (a, b) = _rig.Connect(_ada, _bob, 30000, 40000, shard);
        var (c, b2) = cameIn ? ComeIn() : Swap(GoOut(_bob));
        _bob.Refer(b, b2.ReferTo());
        Move(_carrier, c, 50000);
        b2.Reply(_bob.Expect("BYE"), 200);
        Move(_ada, a, 30000);
        Assert.Equal("200 terminated", _bob.ExpectNotify(b));
        b.Reply(_bob.Expect("BYE"), 200);
        _rig.Run(1);
        _ada.HangUp(a, _carrier, c);
        var asked = cameIn ? "Inbound p1" : "Outbound p1";
        Expect($"Internal, {asked}, Outbound p1", $"{asked}, Internal, Outbound p1", isSorted: true);
    }

    // RFC 3891: Dan takes Bob's place.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Who_takes_a_place_beside_outside_calls_there(int shard)
    {
        var dan = _rig.Phone("103");
        var (b, c) = GoOut(_bob);
        var d = dan.DialOn("030123456789", shard);
        d.Invite(Sdp.Audio(port: 60000), "Replaces: " + b.Replaces(), "Require: replaces");
        Move(_carrier, c, 50000);
        d.Ack(dan.Expect("200 INVITE"));
        b.Reply(_bob.Expect("BYE"), 200);
        _rig.Run(1);
        dan.HangUp(d, _carrier, c);
        Expect("Outbound p1, Outbound p1", "Outbound p1, Outbound p1");
    }

    private static SipProfile Profile(string id = "p1") => ProfileSamples.Profile(id) with { Registers = false, Numbers = new NumberPlan("49") };

    private static (PhoneDialog, PhoneDialog) Swap((PhoneDialog First, PhoneDialog Second) pair) => (pair.Second, pair.First);

    private static void Move(ScriptedPhone phone, PhoneDialog dialog, int port)
    {
        var reinvite = phone.Expect("INVITE");
        dialog.Reply(reinvite, 200, Sdp.Audio(port: port, version: 9));
        phone.Expect("ACK");
    }

    private (PhoneDialog Carrier, PhoneDialog Bob) ComeIn()
    {
        var c = _carrier.Dial("x");
        c.RemoteTarget = "sip:tokenp1@198.51.100.1:5060;line=tokenp1";
        c.RemoteUri = "<sip:+4930123456@provider.test>";
        c.LocalUri = "<sip:0301111111@provider.test>";
        c.Invite(Sdp.Audio(port: 50000));
        var invite = _bob.Expect("INVITE");
        var b = _bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        _bob.Expect("ACK");
        c.Ack(_carrier.Expect("200 INVITE"));
        return (c, b);
    }

    private (PhoneDialog Phone, PhoneDialog Carrier) GoOut(ScriptedPhone phone)
    {
        var a = phone.Dial("030123456789");
        a.Invite(Sdp.Audio(port: 40000));
        var invite = _carrier.Expect("INVITE");
        var c = _carrier.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        _carrier.Expect("ACK");
        a.Ack(phone.Expect("200 INVITE"));
        return (a, c);
    }

    // What the first events and the records say, in their order.
    private void Expect(string created, string records, bool isSorted = false)
    {
        _rig.Run(1);
        var said = _rig.Events.Records.Select(r => $"{r.Direction} {r.ProfileId}".TrimEnd()).ToList();
        var expected = records.Split(", ").ToList();
        Assert.Equal(created, string.Join(", ", _rig.Events.All.OfType<CallCreated>().Select(e => $"{e.Call.Direction} {e.Call.ProfileId}".TrimEnd())));
        if (isSorted)
        {
            expected.Sort(StringComparer.Ordinal);
            said.Sort(StringComparer.Ordinal);
        }

        Assert.Equal(expected, said);
        foreach (var profile in _rig.Profiles.All())
            _rig.Profiles.Remove(profile.Id);
        Assert.Equal("", _rig.Leftovers());
    }
}
