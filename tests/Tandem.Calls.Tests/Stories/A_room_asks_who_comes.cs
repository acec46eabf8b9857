using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Media.Events;
using Tandem.Media.Mixing;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public sealed class A_room_asks_who_comes
{
    private const string Beep = "tone:beep";
    private const string Error = "tone:error";
    private const string Music = "music:default";

    private static readonly RoomKey Key = new(TenantId.Default, "800");

    [Fact]
    public void The_PIN_says_which_role_somebody_has()
    {
        var rig = Rig(r => r with { Open = null });
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        Assert.Equal([Beep], ada.Heard);
        Assert.Equal(0, rig.Exchange.Rooms.Count);
        ada.Press("1111#");
        Assert.Equal([Beep, Error], ada.Heard);
        ada.Press("4711#");
        var bob = ServedPhone.Dial(rig, rig.Phone("101"), "*6800");
        bob.Press("2222#");
        var cleo = ServedPhone.Dial(rig, rig.Phone("102"), "*6800");
        cleo.Press("3333#");
        Assert.Equal(
            [("100", RoomRole.Moderator), ("101", RoomRole.Participant), ("102", RoomRole.Listener)],
            Room(rig).Members.Select(m => (m.Number, m.Role)));
        Assert.Equal([false, false, true], Seats(rig).Select(s => s.IsMuted));

        foreach (var phone in new[] { ada, bob, cleo })
            phone.HangUp();
        Assert.Equal(0, rig.Exchange.Rooms.Count);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData("1111#1111#1111#")]
    [InlineData("####")]
    public void Who_knows_no_PIN_does_not_come_in(string keys)
    {
        var rig = Rig(r => r with { Open = null });
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        ada.Press(keys);
        ada.ExpectBye();
        Assert.Equal((EndReason.Forbidden, "No PIN of the room"), (rig.Events.Record.Verdict.Reason, rig.Events.Record.Verdict.Text));
        Assert.Equal([(RoomEventKind.Refused, "100", "WrongPin")], Told(rig).Select(e => (e.Kind, e.Number, e.Text)));
        Assert.Empty(rig.Media.Mixes);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Who_types_nothing_is_what_the_room_is_open_for()
    {
        var rig = Rig(r => r with { Open = RoomRole.Listener });
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        ada.Press("#");
        Assert.Equal(RoomRole.Listener, Assert.Single(Room(rig).Members).Role);
        ada.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void All_wait_with_music_until_a_moderator_comes_and_go_when_he_goes()
    {
        var rig = Rig(r => r with { WaitsForModerator = true, EndsWithModerator = true });
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        ada.Press("#");
        Assert.Equal(Music, ada.Hears);
        Assert.Equal((true, true), (Seats(rig)[0].IsMuted, Seats(rig)[0].IsDeaf));

        var boss = ServedPhone.Dial(rig, rig.Phone("101"), "*6800");
        boss.Press("4711#");
        Assert.Null(ada.Hears);
        Assert.Equal((false, false), (Seats(rig)[0].IsMuted, Seats(rig)[0].IsDeaf));
        Assert.All(Room(rig).Members, member => Assert.False(member.IsWaiting));

        boss.HangUp();
        ada.ExpectBye();
        Assert.Equal(EndReason.Completed, rig.Events.Records[^1].Verdict.Reason);
        Assert.Equal(
            [RoomEventKind.Started, RoomEventKind.Joined, RoomEventKind.Joined, RoomEventKind.Admitted, RoomEventKind.Left, RoomEventKind.Left, RoomEventKind.Ended],
            Told(rig).Select(e => e.Kind));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Keys_mute_raise_a_hand_lock_and_end()
    {
        var rig = Rig(r => r with { Pins = new Dictionary<RoomRole, Secret> { [RoomRole.Admin] = new("4711") } });
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        ada.Press("#*6");
        Assert.True(Seats(rig)[0].IsMuted);
        ada.Press("*6*9");
        Assert.Equal((false, true), (Seats(rig)[0].IsMuted, Room(rig).Members[0].HasHandUp));
        ada.Press("*5");
        Assert.False(Room(rig).IsLocked); // a participant may not
        Assert.Equal(Error, ada.Heard.Last());

        var boss = ServedPhone.Dial(rig, rig.Phone("101"), "*6800");
        boss.Press("4711#*5*7*1");
        Assert.True(Room(rig).IsLocked);
        Assert.Equal([true, false], Seats(rig).Select(s => s.IsMuted));
        Assert.Equal("room-recording-0", Room(rig).Recording);

        var late = ServedPhone.Dial(rig, rig.Phone("102"), "*6800");
        late.Press("#");
        late.ExpectBye();
        Assert.Equal("The room is locked", rig.Events.Record.Verdict.Text);

        boss.Press("*8");
        boss.ExpectBye();
        ada.ExpectBye();
        Assert.Equal("", rig.Leftovers());
    }

    // Whatever his keys say: only a moderator lets him speak. An admin finds a place where nobody else does.
    [Fact]
    public void A_listener_is_not_heard_and_a_full_room_takes_nobody_but_an_admin()
    {
        var rig = Rig(r => r with { MaxMembers = 2, Pins = new Dictionary<RoomRole, Secret> { [RoomRole.Listener] = new("3333"), [RoomRole.Admin] = new("4711") } });
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*6800");
        ada.Press("#");
        var bob = ServedPhone.Dial(rig, rig.Phone("101"), "*6800");
        bob.Press("3333#");
        Assert.Equal([(false, false), (true, false)], Seats(rig).Select(s => (s.IsMuted, s.IsDeaf)));
        bob.Press("*6");
        Assert.True(Seats(rig)[1].IsMuted);

        var late = ServedPhone.Dial(rig, rig.Phone("102"), "*6800");
        late.Press("#");
        late.ExpectBye();
        Assert.Equal("No place in the room", rig.Events.Record.Verdict.Text);
        Assert.Equal(2, Room(rig).Members.Count);
        var boss = ServedPhone.Dial(rig, rig.Phone("103"), "*6800");
        boss.Press("4711#");
        Assert.Equal(3, Room(rig).Members.Count);

        // One place is free, and one goes for it while the other hangs up.
        boss.HangUp();
        bob.HangUp();
        var next = ServedPhone.Dial(rig, rig.Phone("104"), "*6800");
        next.Press("#");
        Assert.Equal(["100", "104"], Room(rig).Members.Select(m => m.Number));
        foreach (var phone in new[] { ada, next })
            phone.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_member_goes_from_room_to_room_and_its_call_with_it()
    {
        var rig = Rig();
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*61");
        var bob = ServedPhone.Dial(rig, rig.Phone("101"), "*61");
        var one = Key with { Name = "1" };
        var moved = rig.Exchange.Rooms.Move(one, new MemberId(1), RoomDefinition.Made("2"), out var refusal);
        Assert.Equal((RoomRefusal.None, 1), (refusal, moved!.Value.Value));
        Assert.Equal("100", Assert.Single(rig.Exchange.Rooms.Find(Key with { Name = "2" })!.Members).Number);
        ada.Press("*6");
        Assert.True(rig.Exchange.Rooms.Find(Key with { Name = "2" })!.Members[0].Seat.IsMuted);
        ada.HangUp();
        Assert.Null(rig.Exchange.Rooms.Find(Key with { Name = "2" }));
        bob.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Talking_and_the_active_speaker_are_told()
    {
        var rig = Rig();
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*61");
        var mix = Assert.Single(rig.Media.Mixes);
        var member = new MemberId(1);
        mix.Tell(new MemberSpeech(member, true, -20));
        mix.Tell(new SpeakersChanged([new MemberLevel(member, -20)]));
        mix.Tell(new MemberSpeech(member, false, -80));
        Assert.Equal(member, rig.Exchange.Rooms.Find(Key with { Name = "1" })!.Speaker);
        Assert.Equal([RoomEventKind.Talking, RoomEventKind.Speaker, RoomEventKind.Silent], Told(rig).Skip(2).Select(e => e.Kind));
        ada.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3515: the transferee's phone gets a re-INVITE with our offer, and is in the room.
    [Fact]
    public void Somebody_is_transferred_into_a_room()
    {
        var call = new TalkingCall();
        call.Ada.Refer(call.A, "<sip:*6800@198.51.100.1>");
        var reinvite = call.Bob.Expect("INVITE");
        Assert.Equal(call.B.CallId, reinvite.CallId);
        call.B.Reply(reinvite, 200, Sdp.Audio(port: 41000, version: 2));
        call.Bob.Expect("ACK");
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        call.Rig.Run(1);
        Assert.Equal("101", Assert.Single(Room(call.Rig).Members).Number);
        Assert.Equal(("101", CallState.Established), (Assert.Single(call.Rig.Calls).CallerNumber, call.Rig.Calls[0].State));

        call.B.Send("BYE");
        call.Bob.Expect("200 BYE");
        call.Rig.Run(0.1);
        Assert.Equal(0, call.Rig.Exchange.Rooms.Count);
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void Who_does_not_go_to_the_room_stays_in_the_call()
    {
        var call = new TalkingCall();
        call.Ada.Refer(call.A, "<sip:*6800@198.51.100.1>");
        call.B.Reply(call.Bob.Expect("INVITE"), 488);
        call.Bob.Expect("ACK");
        Assert.Equal("488 terminated", call.Ada.ExpectNotify(call.A));
        Assert.Equal(0, call.Rig.Exchange.Rooms.Count);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void Five_hundred_are_let_go_at_once_and_nothing_is_left()
    {
        var rig = new ExchangeRig(new CallOptions { MaxCalls = 1_000 });
        var phones = Enumerable.Range(0, 500).Select(_ => ServedPhone.Dial(rig, rig.Phone("100", registered: false), "*6800")).ToList();
        var mix = Assert.Single(rig.Media.Mixes);
        Assert.Equal((500, 500, 500), (Room(rig).Members.Count, mix.Members.Count, rig.Exchange.Rooms.MemberCount));

        Assert.Equal(500, rig.Exchange.Rooms.End(Key));
        rig.Run(0.5);
        foreach (var phone in phones)
            phone.Dialog.Reply(phone.Phone.Expect("BYE"), 200);
        rig.Run(1);
        Assert.Equal((0, 0, 0), (rig.Exchange.Rooms.Count, rig.Exchange.Rooms.MemberCount, rig.Media.Open.Count));
        Assert.Empty(rig.Media.Mixes);
        Assert.Empty(mix.Members);
        Assert.Equal(500, Told(rig).Count(e => e.Kind == RoomEventKind.Left));
        Assert.Equal(500, rig.Events.Records.Count);
        Assert.Equal("", rig.Leftovers());
    }

    private static ExchangeRig Rig(Func<RoomDefinition, RoomDefinition>? change = null)
    {
        var rig = new ExchangeRig();
        var room = new RoomDefinition
        {
            Name = "800",
            Pins = new Dictionary<RoomRole, Secret> { [RoomRole.Moderator] = new("4711"), [RoomRole.Participant] = new("2222"), [RoomRole.Listener] = new("3333") },
        };
        if (change is not null)
            room = change(room);
        Assert.Null(room.Problem());
        rig.Kept.Rooms["800"] = room;
        return rig;
    }

    private static RoomSnapshot Room(ExchangeRig rig) => rig.Exchange.Rooms.Find(Key)!;

    private static List<MixSeat> Seats(ExchangeRig rig) => [.. Assert.Single(rig.Media.Mixes).Members.Values.Select(m => m.Seat)];

    private static IEnumerable<RoomEvent> Told(ExchangeRig rig) => rig.Events.All.OfType<RoomEvent>();
}
