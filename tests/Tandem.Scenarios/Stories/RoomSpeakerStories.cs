using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>How loud the members of a room are, who speaks, and who may: levels of tones and events prove it.</summary>
[Collection(StageStories.Name)]
public class RoomSpeakerStories(Stage stage)
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(0.8);

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Gain_is_heard_and_events_say_who_talks_and_who_is_the_speaker()
    {
        using var events = await EventFollower.ConnectAsync(Server, "types=conference.*");
        var (ada, bob, _, members) = await InAsync("850");
        var level = 20 * Math.Log10(Stage.Amplitude / 32_768.0);
        await LevelAsync(ada, bob, now => Math.Abs(now - level) < 1);
        await SetAsync("850", members["102"], new { gainDb = -12 });
        await LevelAsync(ada, bob, now => Math.Abs(now - (level - 12)) < 1);
        await SetAsync("850", members["101"], new { hearingGainDb = 6 });
        await LevelAsync(ada, bob, now => Math.Abs(now - (level - 6)) < 1);
        await SetAsync("850", members["102"], new { gainDb = 0 });
        await SetAsync("850", members["101"], new { hearingGainDb = 0 });
        await LevelAsync(ada, bob, now => Math.Abs(now - level) < 1);
        await Hearing.UntilAsync(bob, [ada], [bob]);

        foreach (var (muted, speaker) in new[] { ("101", "102"), ("102", "101") })
        {
            await SetAsync("850", members[muted], new { muted = true });
            await ToldAsync("silent", muted);
            await stage.DataAsync("/api/v1/rooms/850", r => r.GetProperty("speaker").ValueKind == JsonValueKind.Number && r.GetProperty("speaker").GetInt32() == members[speaker], $"{speaker} is the speaker");
            await SetAsync("850", members[muted], new { muted = false });
            await ToldAsync("talking", muted);
        }

        Assert.Contains(events.Seen, e => EventFollower.Type(e) == "conference.speaker");
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/rooms/850");
        await stage.SilenceAsync();

        Task ToldAsync(string what, string number) => events.NextAsync(
            e => EventFollower.Type(e) == "conference.talking" && EventFollower.Text(e, "what") == what && EventFollower.Text(e, "number") == number, $"{number} is {what}");
    }

    [Fact]
    public async Task A_listener_hears_and_is_not_heard_and_a_full_room_takes_nobody()
    {
        await Server.SendAsync(HttpMethod.Put, "/api/v1/room-settings/851", new { title = "Lecture", maxMembers = 2, tones = false });
        var (ada, bob, third, members) = await InAsync("851");
        await SetAsync("851", members["102"], new { role = "listener" });
        await Hearing.UntilAsync(ada, [], [ada, bob]);
        await Hearing.UntilAsync(bob, [ada], [bob]);
        await third.DialAsync("*6851");
        await third.EventAsync("CALL_CLOSED", Stage.Patience);
        Assert.Equal(2, (await Server.GetAsync("/api/v1/rooms/851")).GetProperty("data").GetProperty("members").GetArrayLength());
        await SetAsync("851", members["102"], new { role = "participant" });
        await Hearing.UntilAsync(ada, [bob], [ada, third]);
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/rooms/851");
        await stage.SilenceAsync();
    }

    // Two who hear each other in a room, and one who is not in it.
    private async Task<(Baresip Ada, Baresip Bob, Baresip Cleo, Dictionary<string, int> Members)> InAsync(string room)
    {
        var phones = await stage.PhonesAsync("101", "102", "103");
        foreach (var phone in phones[..2])
        {
            await phone.DialAsync("*6" + room);
            await phone.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        }

        var members = (await stage.DataAsync($"/api/v1/rooms/{room}", r => r.GetProperty("members").GetArrayLength() == 2, "both are there")).GetProperty("members");
        await Hearing.UntilAsync(phones[0], [phones[1]], [phones[0]]);
        await Hearing.UntilAsync(phones[1], [phones[0]], [phones[1]]);
        return (phones[0], phones[1], phones[2], members.EnumerateArray().ToDictionary(m => m.GetProperty("number").GetString()!, m => m.GetProperty("member").GetInt32()));
    }

    private Task SetAsync(string room, int member, object seat) => Server.SendAsync(HttpMethod.Patch, $"/api/v1/rooms/{room}/members/{member}", seat);

    // Waits until one hears the other at such a level, dB.
    private static async Task LevelAsync(Baresip one, Baresip other, Func<double, bool> accept)
    {
        var level = double.NaN;
        try
        {
            await one.HearsAsync(end => end.Samples.Length >= Now.TotalSeconds * end.SampleRate && accept(level = ToneLevel.Of(end, other.Options.ToneHertz)), "the level", Now, Stage.Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{one.Options.Number} hears {other.Options.Number} at {level:0.0} dB", e);
        }
    }
}
