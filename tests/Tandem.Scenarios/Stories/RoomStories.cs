using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Rooms that are kept: who gets in, who waits, who is heard, and when it ends. Tones prove it.</summary>
[Collection(StageStories.Name)]
public class RoomStories(Stage stage)
{
    // The two notes of who comes; the second also begins the tone of who leaves.
    private const double EntryNote = 660;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Members_wait_for_the_moderator_hear_each_other_and_go_when_he_goes()
    {
        var phones = await stage.PhonesAsync("101", "102", "103");
        var (moderator, first, second) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/room-settings/810", new
        {
            title = "Board",
            pins = new { moderator = "4711", participant = "2222" },
            open = "none",
            waitForModerator = true,
            endWithModerator = true,
        });
        await EnterAsync(first, "810", "2222#", 1);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.True((await RoomAsync("810"))[0].GetProperty("waiting").GetBoolean());
        await EnterAsync(moderator, "810", "4711#", 2);
        await EnterAsync(second, "810", "2222#", 3);
        var members = await RoomAsync("810");
        Assert.All(members, m => Assert.False(m.GetProperty("waiting").GetBoolean()));
        Assert.Equal(["moderator", "participant", "participant"], members.OrderBy(m => m.GetProperty("number").GetString()).Select(m => m.GetProperty("role").GetString()));
        await Hearing.UntilAsync(moderator, [first, second], [moderator]);
        await Hearing.UntilAsync(first, [moderator, second], [first]);
        await Hearing.UntilAsync(second, [moderator, first], [second]);
        await moderator.HangUpAsync();
        await first.EventAsync("CALL_CLOSED", Stage.Patience);
        await second.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();

        // Who was there heard the second one come.
        Assert.True(Loudest(moderator, EntryNote) > -30, $"no entry tone: {Loudest(moderator, EntryNote):0.0} dB");
    }

    [Fact]
    public async Task Keys_mute_raise_a_hand_and_lock_and_a_member_is_taken_out()
    {
        var phones = await stage.PhonesAsync("101", "102", "103");
        var (moderator, member, late) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/room-settings/811", new { title = "Crew", pins = new { moderator = "4711", participant = "2222" }, open = "none", tones = false });
        await EnterAsync(moderator, "811", "4711#", 1);
        await EnterAsync(member, "811", "2222#", 2);
        await Hearing.UntilAsync(moderator, [member], [moderator]);
        await member.TypeAsync("*6");
        await MemberAsync("811", "102", m => m.GetProperty("muted").GetBoolean(), "he is muted");
        await member.TypeAsync("*9");
        await MemberAsync("811", "102", m => m.GetProperty("handUp").GetBoolean(), "his hand is up");
        await moderator.TypeAsync("*5");
        await stage.DataAsync("/api/v1/rooms/811", r => r.GetProperty("locked").GetBoolean(), "the room is locked");
        await late.DialAsync("*6811");
        await late.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await late.TypeAsync("2222#");
        await late.EventAsync("CALL_CLOSED", Stage.Patience);
        await Task.Delay(TimeSpan.FromSeconds(1));

        // He was muted to the end.
        var id = (await RoomAsync("811")).Single(m => m.GetProperty("number").GetString() == "102").GetProperty("member").GetInt32();
        await Server.SendAsync(HttpMethod.Delete, $"/api/v1/rooms/811/members/{id}");
        await member.EventAsync("CALL_CLOSED", Stage.Patience);
        await moderator.HangUpAsync();
        await stage.SilenceAsync();
        Hearing.AssertAtEnd(member, [moderator], [member, late]);
        Hearing.AssertAtEnd(moderator, [], [member, late]);
        Hearing.AssertNever(late, moderator, member);
    }

    [Fact]
    public async Task An_admin_ends_the_room_and_a_member_is_moved_to_another()
    {
        var phones = await stage.PhonesAsync("101", "102", "103");
        var (admin, moved, other) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/room-settings/812", new { title = "Ends", pins = new { admin = "9911" }, open = "participant", tones = false });
        await EnterAsync(admin, "812", "9911#", 1);
        await EnterAsync(moved, "812", "#", 2);
        await other.DialAsync("*6813");
        await other.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        var id = (await RoomAsync("812")).Single(m => m.GetProperty("number").GetString() == "102").GetProperty("member").GetInt32();
        await Server.SendAsync(HttpMethod.Post, $"/api/v1/rooms/812/members/{id}/move", new { room = "813" });
        await stage.DataAsync("/api/v1/rooms/813", r => r.GetProperty("members").GetArrayLength() == 2, "he is in the other room");
        await admin.TypeAsync("*8");
        await admin.EventAsync("CALL_CLOSED", Stage.Patience);
        await Hearing.UntilAsync(moved, [other], [admin, moved]);
        await Hearing.UntilAsync(other, [moved], [admin, other]);
        await moved.HangUpAsync();
        await other.HangUpAsync();
        await stage.SilenceAsync();
    }

    private async Task EnterAsync(Baresip phone, string room, string keys, int count)
    {
        await phone.DialAsync("*6" + room);
        await phone.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await phone.TypeAsync(keys);
        await stage.DataAsync("/api/v1/rooms", r => r.EnumerateArray().Any(one => one.GetProperty("name").GetString() == room && one.GetProperty("members").GetArrayLength() == count), $"{count} are in {room}");
    }

    private async Task<JsonElement[]> RoomAsync(string room) => [.. (await Server.GetAsync($"/api/v1/rooms/{room}")).GetProperty("data").GetProperty("members").EnumerateArray()];

    private Task MemberAsync(string room, string number, Func<JsonElement, bool> accept, string what) =>
        stage.DataAsync($"/api/v1/rooms/{room}", r => accept(r.GetProperty("members").EnumerateArray().Single(m => m.GetProperty("number").GetString() == number)), what);

    // A note lasts 120 ms.
    private static double Loudest(Baresip phone, double hertz)
    {
        var recording = phone.Recording();
        var window = recording.SampleRate / 10;
        return Enumerable.Range(0, Math.Max(0, (recording.Samples.Length / window * 4) - 4))
            .Max(i => Testing.Audio.ToneLevel.Of(recording with { Samples = recording.Samples[(i * window / 4)..((i * window / 4) + window)] }, hertz));
    }
}
