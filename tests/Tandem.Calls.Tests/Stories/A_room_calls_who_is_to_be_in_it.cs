using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Events;
using Tandem.Calls.Rooms;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Somebody is added to a room by being called: by the API, or by a moderator's keys. The room ends what still rings for it.</summary>
public class A_room_calls_who_is_to_be_in_it
{
    private static readonly RoomKey Key = new(TenantId.Default, "800");

    [Fact]
    public async Task Who_answers_is_in_the_room_without_a_PIN_as_he_was_to_be()
    {
        var rig = Rig();
        var boss = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        boss.Press("4711#");
        var bob = rig.Phone("101");
        var begun = await DialAsync(rig, "101", o => o with { Guest = new RoomGuest(RoomRole.Listener, IsMuted: true, "Bob of Sales") });
        Assert.Equal((CommandResult.Begun, "101", "*6800"), (begun.Result, begun.Call!.CallerNumber, begun.Call.CalleeNumber));
        var invite = bob.Expect("INVITE");
        Assert.Contains("sip:*6800@", invite["From"], StringComparison.Ordinal);
        Assert.Equal(("101", begun.Call.Id), (Assert.Single(rig.Exchange.Rooms.DialsOf(Key)).Number, rig.Exchange.Rooms.DialsOf(Key)[0].Call));
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        b.Reply(invite, 200, Sdp.Audio(port: 30000));
        bob.Expect("ACK");
        rig.Run(0.1);

        var member = rig.Exchange.Rooms.Find(Key)!.Members[1];
        Assert.Equal(("101", RoomRole.Listener, true, "Bob of Sales", true), (member.Number, member.Role, member.Seat.IsMuted, member.Name, member.WasCalled));
        Assert.Empty(rig.Exchange.Rooms.DialsOf(Key));
        AssertTold(rig, begun, CommandOutcome.Done, 200, "joined");

        b.Send("BYE");
        bob.Expect("200 BYE");
        boss.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(486, "failed: 486")]
    [InlineData(603, "failed: 603")]
    public async Task Who_does_not_want_is_told_with_the_id_of_the_order(int status, string text)
    {
        var rig = Rig();
        var boss = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        boss.Press("4711#");
        var bob = rig.Phone("101");
        var begun = await DialAsync(rig, "101");
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, status);
        bob.Expect("ACK");
        AssertTold(rig, begun, CommandOutcome.Failed, status, text);
        Assert.Equal(1, rig.Exchange.Rooms.MemberCount);
        boss.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_still_rings_ends_with_the_room(bool byOrder)
    {
        var rig = Rig();
        var boss = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        boss.Press("4711#");
        var bob = rig.Phone("101");
        var begun = await DialAsync(rig, "101");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        rig.Run(0.5);
        if (byOrder)
        {
            Assert.Equal(2, rig.Exchange.Rooms.End(Key));
            boss.ExpectBye();
        }
        else
        {
            boss.HangUp();
        }

        bob.TakeCancel(b, invite);
        AssertTold(rig, begun, CommandOutcome.Cancelled, 487, "cancelled");
        Assert.Equal((0, 0), (rig.Exchange.Rooms.Count, rig.Exchange.Rooms.DialCount));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task As_many_ring_at_once_as_may()
    {
        var rig = new ExchangeRig(options: o => o with { Rooms = new RoomOptions { MaxDials = 1 } });
        var bob = rig.Phone("101");
        var begun = await DialAsync(rig, "101");
        Assert.Equal(CommandResult.Begun, begun.Result);
        var refused = await DialAsync(rig, "101");
        Assert.Equal((CommandResult.Unavailable, "As many ring for the room as may: 1 (ROOM_MAX_DIALS)"), (refused.Result, refused.Text));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        rig.Run(0.1);
        Assert.Equal(1, rig.Exchange.Rooms.End(Key)); // nobody is in it yet
        bob.TakeCancel(b, invite);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_moderator_adds_somebody_by_keys_and_hears_that_it_rings()
    {
        var rig = Rig();
        var boss = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        boss.Press("4711#");
        var bob = rig.Phone("101");
        boss.Press("*2101#");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 30000));
        bob.Expect("ACK");
        rig.Run(0.1);
        Assert.Equal([RoomRole.Moderator, RoomRole.Participant], rig.Exchange.Rooms.Find(Key)!.Members.Select(m => m.Role));
        b.Send("BYE");
        bob.Expect("200 BYE");
        boss.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData("2222#", "*2101#")] // a participant
    [InlineData("4711#", "*2*97#")] // no number
    public void Keys_of_others_call_nobody(string pin, string keys)
    {
        var rig = Rig();
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        ada.Press(pin);
        var bob = rig.Phone("101");
        ada.Press(keys);
        rig.Run(1);
        Assert.Empty(bob.Unread);
        Assert.DoesNotContain(rig.Events.All, e => e is RoomEvent { Kind: RoomEventKind.Dialling });
        ada.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    private static ExchangeRig Rig()
    {
        var rig = new ExchangeRig();
        rig.Kept.Rooms["800"] = new RoomDefinition
        {
            Name = "800",
            Open = null,
            Pins = new Dictionary<RoomRole, Secret> { [RoomRole.Moderator] = new("4711"), [RoomRole.Participant] = new("2222") },
        };
        return rig;
    }

    private static void AssertTold(ExchangeRig rig, OriginationReply reply, CommandOutcome outcome, int status, string text)
    {
        rig.Run(0.1);
        var told = Assert.Single(rig.Events.All.OfType<CallCommandEnded>(), e => e.CommandId == reply.CommandId);
        Assert.Equal(("originate", outcome, status, reply.Call!.Id), (told.Command, told.Outcome, told.SipStatus, told.Call.Id));
        var dial = rig.Events.All.OfType<RoomEvent>().Where(e => e.CommandId == reply.CommandId).ToList();
        Assert.Equal([(RoomEventKind.Dialling, ""), (RoomEventKind.Dialled, text)], dial.Select(e => (e.Kind, e.Text)));
        Assert.All(dial, e => Assert.Equal(reply.Call.Id, e.Call));
    }

    private static Task<OriginationReply> DialAsync(ExchangeRig rig, string number, Func<RoomDialOrder, RoomDialOrder>? change = null)
    {
        var order = new RoomDialOrder(new Destination.Number(number), number);
        var task = rig.Exchange.DialAsync(Key, change?.Invoke(order) ?? order);
        Assert.True(rig.Network.RunUntil(() => task.IsCompleted, TimeSpan.FromSeconds(5)));
        return task;
    }
}
