using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Parking;
using Tandem.Calls.Routing.Features;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public sealed class A_ringing_call_is_picked_up
{
    // RFC 3326: the phone that rang hears that the call was completed elsewhere.
    [Theory]
    [InlineData("*8101", 0, 0)]
    [InlineData("*8101", 0, 1)]
    [InlineData("*8", 1, 0)]
    [InlineData("*8", 1, 1)]
    public void By_its_number_or_by_the_group(string code, int shard, int own)
    {
        var rig = Rig();
        var (ada, bob, cleo) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var a = ada.DialOn("101", shard);
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");

        var c = cleo.DialOn(code, own);
        c.Invite(Sdp.Audio(port: 50000));
        c.Ack(cleo.Expect("200 INVITE"));
        var reinvite = cleo.TakeReinvite(c, 51000);
        Assert.Contains("sip:100@", reinvite["P-Asserted-Identity"], StringComparison.Ordinal);
        a.Ack(ada.Expect("200 INVITE"));
        var cancel = bob.Expect("CANCEL");
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", cancel["Reason"]);
        b.Reply(cancel, 200);
        b.Reply(invite, 487);
        bob.Expect("ACK");
        rig.Run(1);

        var now = Assert.Single(rig.Calls);
        Assert.Equal(("100", "101", CallState.Established), (now.CallerNumber, now.CalleeNumber, now.State));
        Assert.Equal(("101", "102"), Assert.Single(rig.Events.All.OfType<CallPickedUp>().Select(e => (e.Number, e.TakenBy))));
        Assert.Equal(1, rig.Exchange.Parking.PickedUp);
        cleo.HangUp(c, ada, a);
        rig.Run(1);
        var talk = rig.Events.Records[^1];
        Assert.Equal((EndReason.Completed, CallSide.Callee, "102"), (talk.Verdict.Reason, talk.Verdict.EndedBy, talk.Extras?.TakenBy));
        var pickup = rig.Events.Records[0];
        Assert.Equal(("102", code, EndReason.Transferred, (CallId?)now.Id), (pickup.CallerNumber, pickup.CalleeNumber, pickup.Verdict.Reason, pickup.TransferredTo));
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(PickupRights.Group, "*8101", "sales", 0)]
    [InlineData(PickupRights.Group, "*8101", "other", 403)]
    [InlineData(PickupRights.Group, "*8101", null, 403)]
    [InlineData(PickupRights.Own, "*8101", "sales", 403)]
    [InlineData(PickupRights.Tenant, "*8101", null, 0)]
    [InlineData(PickupRights.Tenant, "*8", null, 403)]
    [InlineData(PickupRights.Tenant, "*8", "other", 404)]
    [InlineData(PickupRights.Tenant, "*8105", null, 404)]
    public void Who_may(PickupRights rights, string code, string? group, int status)
    {
        var rig = Rig(rights);
        rig.Set("102", new ExtensionFeatures { PickupGroup = group });
        var (ada, bob, cleo) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        var c = cleo.Dial(code);
        c.Invite(Sdp.Audio(port: 50000));
        if (status == 0)
        {
            c.Ack(cleo.Expect("200 INVITE"));
            cleo.TakeReinvite(c, 51000);
            a.Ack(ada.Expect("200 INVITE"));
            bob.TakeCancel(b, invite);
            ada.HangUp(a, cleo, c);
        }
        else
        {
            c.AckRefusal(cleo.Expect($"{status} INVITE"));
            b.Reply(invite, 200, Sdp.Audio(port: 40000));
            bob.Expect("ACK");
            a.Ack(ada.Expect("200 INVITE"));
            ada.HangUp(a, bob, b);
        }

        Assert.Equal("", rig.Leftovers());
    }

    // Who picks up goes before he has it: it rings on.
    [Fact]
    public void Who_gives_up_lets_it_ring()
    {
        var rig = Rig();
        var (ada, bob, cleo) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        var c = cleo.Dial("*8");
        c.Invite(Sdp.Audio(port: 50000));
        c.Ack(cleo.Expect("200 INVITE"));
        var reinvite = cleo.Expect("INVITE");
        c.Send("BYE");
        cleo.Expect("200 BYE");
        c.Reply(reinvite, 481);
        cleo.Expect("ACK");
        rig.Run(1);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void The_callee_answers_first_and_who_picks_up_hears_that()
    {
        var rig = Rig();
        var (ada, bob, cleo) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        var c = cleo.Dial("*8");
        c.Invite(Sdp.Audio(port: 50000));
        c.Ack(cleo.Expect("200 INVITE"));
        var reinvite = cleo.Expect("INVITE");
        c.Reply(reinvite, 100);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        GivenUp(cleo, c, reinvite);
        ada.HangUp(a, bob, b);
        Assert.Empty(rig.Events.All.OfType<CallPickedUp>());
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void The_caller_gives_up_while_it_is_picked_up()
    {
        var rig = Rig();
        var (ada, bob, cleo) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        var c = cleo.Dial("*8101");
        c.Invite(Sdp.Audio(port: 50000));
        c.Ack(cleo.Expect("200 INVITE"));
        var reinvite = cleo.Expect("INVITE");
        c.Reply(reinvite, 100);
        a.Cancel();
        ada.Expect("200 CANCEL");
        a.AckRefusal(ada.Expect("487"));
        bob.TakeCancel(b, invite);
        GivenUp(cleo, c, reinvite);
        Assert.Equal("", rig.Leftovers());
    }

    /// <summary>A phone that was to be fetched is let go: its session stays as it was, and it gets BYE.</summary>
    internal static void GivenUp(ScriptedPhone phone, PhoneDialog dialog, WireMessage reinvite)
    {
        dialog.Reply(phone.Expect("CANCEL"), 200);
        dialog.Reply(reinvite, 487);
        dialog.Reply(phone.Expect("BYE"), 200);
        phone.Expect("ACK");
    }

    internal static ExchangeRig Rig(PickupRights rights = PickupRights.Group, int seed = 1)
    {
        var rig = new ExchangeRig(seed: seed, options: o => o with { Parking = new ParkingOptions { DirectedPickup = rights } });
        foreach (var number in new[] { "101", "102", "103" })
            rig.Set(number, new ExtensionFeatures { PickupGroup = "sales" });
        return rig;
    }
}
