using System.Xml.Linq;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Events;
using Tandem.Calls.Parking;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public sealed class A_lamp_shows_a_parked_call
{
    // RFC 4235 §3.7.1: neither who is transferred to the slot nor who dials it lights its lamp, only who waits there.
    [Fact]
    public void From_dark_to_lit_to_dark()
    {
        var rig = new ExchangeRig();
        var watcher = rig.Phone("105");
        var lamp = watcher.Watch("701", "dialog", out var first);
        Assert.Equal("", States(first));
        var (ada, bob, dan) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("103"));
        var nobody = dan.Dial("701");
        nobody.Invite(Sdp.Audio());
        nobody.AckRefusal(dan.Expect("404"));
        watcher.ExpectNothing(3);

        var (a, b) = rig.Connect(ada, bob, 30000, 40000);
        ada.Refer(a, "<sip:701@198.51.100.1>");
        bob.TakeReinvite(b, 41000);
        Assert.Equal("200 terminated", ada.ExpectNotify(a));
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("confirmed", States(watcher.Notified(lamp)));

        var d = dan.Reach("701", 60000);
        dan.TakeReinvite(d, 61000);
        Assert.Equal("terminated", States(watcher.Notified(lamp)));
        dan.HangUp(d, bob, b);
        A_lamp_follows_a_call.End(watcher, lamp);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void What_is_no_slot_cannot_be_watched()
    {
        var rig = new ExchangeRig();
        var watcher = rig.Phone("105");
        watcher.Dial("751").Subscribe("dialog");
        watcher.Expect("404 SUBSCRIBE");
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData("", "701", CallSide.Callee)]
    [InlineData("705", "705", CallSide.Caller)]
    public async Task A_program_parks_a_side(string slot, string expected, CallSide side)
    {
        var call = new TalkingCall();
        var running = call.Rig.Exchange.CommandAsync(TenantId.Default, call.Rig.Calls[0].Id, new ParkCommand(side, slot));
        call.Rig.Run(0.1);
        Assert.Equal(CommandResult.Begun, (await running)!.Result);
        var (parked, gone, p, g) = side == CallSide.Callee ? (call.Bob, call.Ada, call.B, call.A) : (call.Ada, call.Bob, call.A, call.B);
        parked.TakeReinvite(p, 41000);
        g.Reply(gone.Expect("BYE", 10), 200);
        call.Rig.Run(1);
        var told = Assert.Single(call.Rig.Events.All.OfType<CallCommandEnded>());
        Assert.Equal(("park", CommandOutcome.Done, expected), (told.Command, told.Outcome, told.Detail));
        Assert.Equal((expected, parked.Number, gone.Number), Assert.Single(call.Rig.Exchange.Parked(TenantId.Default).Select(c => (c.Slot, c.Number, c.ParkedBy))));

        var again = call.Rig.Exchange.CommandAsync(TenantId.Default, call.Rig.Calls[0].Id, new ParkCommand(CallSide.Caller, expected));
        call.Rig.Run(0.1);
        Assert.Equal(CommandResult.Refused, (await again)!.Result);
        p.Send("BYE");
        parked.Expect("200 BYE");
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public async Task A_program_names_a_number_that_is_no_slot()
    {
        var call = new TalkingCall();
        var running = call.Rig.Exchange.CommandAsync(TenantId.Default, call.Rig.Calls[0].Id, new ParkCommand(CallSide.Caller, "100"));
        call.Rig.Run(0.1);
        Assert.Equal(CommandResult.Invalid, (await running)!.Result);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // Nobody has parked him: after his time there is nobody to ring.
    [Fact]
    public void A_rule_parks_a_caller()
    {
        var rig = new ExchangeRig(options: o => o with { Parking = new ParkingOptions { Fallback = "extension:102", TimeLimit = TimeSpan.FromSeconds(30) } });
        rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "hold", Numbers = ["99"], Actions = [new ActionBody { To = "park:" }] }] });
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "99");
        var cleo = rig.Phone("102");
        Assert.Equal(("701", ""), Assert.Single(rig.Exchange.Parked(TenantId.Default).Select(c => (c.Slot, c.ParkedBy))));
        Assert.Equal("music:default", ada.Hears);
        rig.Run(30);
        var c = cleo.Answer(cleo.Expect("INVITE"), 50000);
        rig.Run(1);
        Assert.Empty(rig.Exchange.Parked(TenantId.Default));
        ada.Phone.HangUp(ada.Dialog, cleo, c);
        Assert.Equal("", rig.Leftovers());
    }

    // A forward rings at the place that it leads to; there it is picked up.
    [Theory]
    [InlineData("*8102", 0)]
    [InlineData("*8101", 404)]
    public void A_forwarded_call_is_picked_up_where_it_rings(string code, int status)
    {
        var rig = A_ringing_call_is_picked_up.Rig();
        rig.Set("101", new ExtensionFeatures { ForwardAlways = "102", PickupGroup = "sales" });
        var (ada, cleo, dan) = (rig.Phone("100"), rig.Phone("102"), rig.Phone("103"));
        var call = RingingCall.Make(ada, cleo, "101");
        var d = dan.Reach(code, 60000);
        if (status == 0)
        {
            dan.TakeReinvite(d, 61000);
            call.IsTaken();
            ada.HangUp(call.A, dan, d);
        }
        else
        {
            // It is a call for 101, but nothing rings there: seen only after the answer.
            d.Reply(dan.Expect("BYE"), 200);
            call.B.Reply(call.Invite, 486);
            cleo.Expect("ACK");
            call.A.AckRefusal(ada.Expect("486"));
        }

        Assert.Equal("", rig.Leftovers());
    }

    private static string States(WireMessage notify)
    {
        XNamespace ns = "urn:ietf:params:xml:ns:dialog-info";
        return string.Join(' ', XDocument.Parse(notify.Body).Root!.Elements(ns + "dialog").Select(d => d.Element(ns + "state")!.Value));
    }
}
