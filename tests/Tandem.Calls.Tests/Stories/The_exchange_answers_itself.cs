using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Media.Events;
using Tandem.Media.Mixing;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A call whose other end is the exchange: echo test and rooms.</summary>
public class The_exchange_answers_itself
{
    [Fact]
    public void An_echo_test_from_invite_to_bye()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = Talk(rig, ada, "*43");
        Assert.Contains(CallSide.Caller, rig.Media.Last!.Sound.Echoes);
        Assert.Equal((CallState.Established, "*43"), (rig.Calls.Single().State, rig.Calls.Single().CalleeNumber));

        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal(EndReason.Completed, rig.Events.All.OfType<CallEnded>().Single().Record.Verdict.Reason);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3264 §8.4; RFC 3311.
    [Theory]
    [InlineData("INVITE")]
    [InlineData("UPDATE")]
    public void Hold_and_resume_are_answered_here(string method)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = Talk(rig, ada, "*43");
        foreach (var (direction, held) in new[] { ("sendonly", true), ("sendrecv", false) })
        {
            a.Send(method, Sdp.Audio(direction: direction), "Content-Type: application/sdp");
            var ok = ada.Expect("200 " + method);
            Assert.Contains("m=audio", ok.Body, StringComparison.Ordinal);
            if (method == "INVITE")
                a.Ack(ok);
            rig.Run(0.1);
            Assert.Equal(held, rig.Calls.Single().HeldByCaller);
        }

        HangUp(ada, a);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3261 §13.2.1: our offer is in the 200, the answer in the ACK.
    [Fact]
    public void A_caller_without_an_offer_gets_ours()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = ada.Dial("*43");
        a.Invite("");
        var ok = ada.Expect("200 INVITE");
        Assert.Contains("m=audio", ok.Body, StringComparison.Ordinal);
        a.Ack(ok, Sdp.Audio());
        rig.Run(0.5);
        Assert.Contains("m=audio", rig.Media.Last!.InForce(CallSide.Caller), StringComparison.Ordinal);
        HangUp(ada, a);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void What_cannot_be_read_is_refused_without_an_answer()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = ada.Dial("*43");
        a.Invite("v=0\r\nm=nonsense\r\n");
        a.AckRefusal(ada.Expect("488"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void All_who_dial_a_room_are_in_it_until_they_leave()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = Talk(rig, ada, "*612");
        var b = Talk(rig, bob, "*612");
        var mix = Assert.Single(rig.Media.Mixes);
        Assert.Equal(2, mix.Members.Count);
        var room = Assert.Single(rig.Exchange.Rooms.Of(TenantId.Default));
        Assert.Equal(("12", "100 101"), (room.Name, string.Join(' ', room.Members.Select(m => m.Number))));

        var (first, second) = (room.Members[0].Id, room.Members[1].Id);
        var key = new RoomKey(TenantId.Default, "12");
        Assert.True(rig.Exchange.Rooms.Seat(key, first, MixSeat.Default with { IsMuted = true }));
        Assert.True(mix.Members[first].Seat.IsMuted);
        Assert.True(rig.Exchange.Rooms.Route(key, new RoomRoute(second, first, null), isTakenBack: false));
        Assert.Null(mix.Routes[(second, first)]);
        Assert.False(rig.Exchange.Rooms.Route(key, new RoomRoute(second, new MemberId(99), 0), isTakenBack: false));
        mix.Tell(new MemberSpeech(second, true, -20));
        room = rig.Exchange.Rooms.Find(key)!;
        Assert.Equal((true, -20d), (room.Members[1].IsSpeaking, room.Members[1].LevelDb));

        HangUp(ada, a);
        rig.Run(0.1);
        Assert.Equal(second, Assert.Single(rig.Exchange.Rooms.Find(key)!.Members).Id);
        Assert.Empty(rig.Exchange.Rooms.Find(key)!.Routes);
        HangUp(bob, b);
        rig.Run(0.1);
        Assert.Empty(rig.Media.Mixes);
        Assert.Equal(0, rig.Exchange.Rooms.Count);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_place_that_is_not_there_is_503_and_leaves_nothing(bool isRoomFull)
    {
        var rig = new ExchangeRig(new CallOptions { MaxRooms = 1 });
        rig.Media.MixPlaces = 1;
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = Talk(rig, ada, "*61");
        var b = bob.Dial(isRoomFull ? "*61" : "*62");
        b.Invite(Sdp.Audio());
        b.AckRefusal(bob.Expect("503"));
        HangUp(ada, a);
        Assert.Equal(0, rig.Exchange.Rooms.Count);
        Assert.Equal("", rig.Leftovers());
    }

    // Nobody is there who could be transferred, asked or replaced.
    [Fact]
    public void What_needs_another_phone_is_refused()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = Talk(rig, ada, "*43");
        a.Send("REFER", "", "Refer-To: <sip:101@198.51.100.1>");
        ada.Expect("491 REFER");
        a.Send("MESSAGE", "hi", "Content-Type: text/plain");
        ada.Expect("405 MESSAGE");
        a.Send("INFO", "Signal=5", "Content-Type: application/dtmf-relay");
        ada.Expect("200 INFO");
        HangUp(ada, a);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 4028 §10: we refresh, by UPDATE where the phone takes it, else with the session as it is.
    [Theory]
    [InlineData("UPDATE")]
    [InlineData("INVITE")]
    public void The_session_is_refreshed_from_here(string method)
    {
        var rig = new ExchangeRig(new CallOptions { SessionExpires = 90 });
        var ada = rig.Phone("100");
        var a = ada.Dial("*43");
        a.Invite(Sdp.Audio(), method == "UPDATE" ? "Allow: INVITE, UPDATE" : "Allow: INVITE");
        a.Ack(ada.Expect("200 INVITE"));
        var refresh = ada.Expect(method, 60);
        if (method == "INVITE")
        {
            Assert.Contains("m=audio", refresh.Body, StringComparison.Ordinal);
            a.Reply(refresh, 200, Sdp.Audio());
            ada.Expect("ACK");
        }
        else
        {
            Assert.Equal("", refresh.Body);
            a.Reply(refresh, 200);
        }

        HangUp(ada, a);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_phone_that_sends_nothing_is_given_up()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var a = Talk(rig, ada, "*43");
        rig.Media.Last!.FallSilent(CallSide.Caller);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(EndReason.MediaTimeout, rig.Events.All.OfType<CallEnded>().Single().Record.Verdict.Reason);
        Assert.Equal("", rig.Leftovers());
    }

    private static PhoneDialog Talk(ExchangeRig rig, ScriptedPhone phone, string number)
    {
        var dialog = phone.Dial(number);
        dialog.Invite(Sdp.Audio());
        dialog.Ack(phone.Expect("200 INVITE"));
        rig.Run(0.1);
        return dialog;
    }

    private static void HangUp(ScriptedPhone phone, PhoneDialog dialog)
    {
        dialog.Send("BYE");
        phone.Expect("200 BYE");
    }
}
