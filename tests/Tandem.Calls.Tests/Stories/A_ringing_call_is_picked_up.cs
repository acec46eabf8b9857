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
        var call = RingingCall.Make(ada, bob, shard: shard);
        var c = cleo.Reach(code, 50000, own);
        var reinvite = cleo.TakeReinvite(c, 51000);
        Assert.Contains("sip:100@", reinvite["P-Asserted-Identity"], StringComparison.Ordinal);
        call.A.Ack(ada.Expect("200 INVITE"));
        var cancel = bob.Expect("CANCEL");
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", cancel["Reason"]);
        call.B.Reply(cancel, 200);
        call.B.Reply(call.Invite, 487);
        bob.Expect("ACK");
        rig.Run(1);

        var now = Assert.Single(rig.Calls);
        Assert.Equal(("100", "101", CallState.Established), (now.CallerNumber, now.CalleeNumber, now.State));
        Assert.Equal(("101", "102"), Assert.Single(rig.Events.All.OfType<CallPickedUp>().Select(e => (e.Number, e.TakenBy))));
        Assert.Equal(1, rig.Exchange.Parking.PickedUp);
        cleo.HangUp(c, ada, call.A);
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
        var call = RingingCall.Make(ada, bob);
        var c = cleo.Dial(code);
        c.Invite(Sdp.Audio(port: 50000));
        if (status == 0)
        {
            c.Ack(cleo.Expect("200 INVITE"));
            cleo.TakeReinvite(c, 51000);
            call.IsTaken();
            ada.HangUp(call.A, cleo, c);
        }
        else
        {
            c.AckRefusal(cleo.Expect($"{status} INVITE"));
            call.Answer();
            call.HangUp();
        }

        Assert.Equal("", rig.Leftovers());
    }

    // Who picks up goes before he has it: it rings on.
    [Fact]
    public void Who_gives_up_lets_it_ring()
    {
        var rig = Rig();
        var (ada, bob, cleo) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var call = RingingCall.Make(ada, bob);
        var c = cleo.Reach("*8", 50000);
        var reinvite = cleo.Expect("INVITE");
        cleo.HangUpDuring(c, reinvite);
        rig.Run(1);
        call.Answer();
        call.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void The_callee_answers_first_and_who_picks_up_hears_that()
    {
        var rig = Rig();
        var (ada, bob, cleo) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var call = RingingCall.Make(ada, bob);
        var c = cleo.Reach("*8", 50000);
        var reinvite = cleo.Expect("INVITE");
        c.Reply(reinvite, 100);
        call.Answer();
        GivenUp(cleo, c, reinvite);
        call.HangUp();
        Assert.Empty(rig.Events.All.OfType<CallPickedUp>());
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void The_caller_gives_up_while_it_is_picked_up()
    {
        var rig = Rig();
        var (ada, bob, cleo) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var call = RingingCall.Make(ada, bob);
        var c = cleo.Reach("*8101", 50000);
        var reinvite = cleo.Expect("INVITE");
        c.Reply(reinvite, 100);
        call.A.Cancel();
        ada.Expect("200 CANCEL");
        call.A.AckRefusal(ada.Expect("487"));
        bob.TakeCancel(call.B, call.Invite);
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
