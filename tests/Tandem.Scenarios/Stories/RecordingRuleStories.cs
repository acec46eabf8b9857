using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>Rules of recording of queues, of rooms and of the tenant with real phones: whose rule counts, and what is in the file.</summary>
[Collection(StageStories.Name)]
public class RecordingRuleStories(Stage stage)
{
    private const double Announcement = 2_550;

    private TandemServer Server => stage.Server;

    // 105 is an agent in no other story.
    [Fact]
    public async Task The_rule_of_a_queue_begins_with_its_agent_and_the_agents_own_goes_before_it()
    {
        var phones = await stage.PhonesAsync("100", "105");
        var (caller, agent) = (phones[0], phones[1]);
        await stage.SoundAsync("consent-of-queue", Announcement);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "taped", number = "770", joinWithoutAgents = true, wrapUpSeconds = 0, announceEverySeconds = 0 }, 201);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/queues/taped/members/105", new { });
        await RuleAsync("tenant", new { mode = "never" });
        await RuleAsync("queue:taped", new { mode = "always", announcement = "consent-of-queue" });

        // He waits, and nothing is kept; with the agent both are told, and it begins.
        await caller.DialAsync("770");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.DataAsync("/api/v1/queues/taped/state", s => s.GetProperty("waiting").GetArrayLength() == 1, "he waits");
        Assert.Equal("none", (await Server.GetAsync("/api/calls"))[0].GetProperty("recording").GetString());
        await Server.SendAsync(HttpMethod.Post, "/api/v1/agents/105/login", new { });
        await agent.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await RecordedAsync("recording");
        await Hearing.UntilAsync(caller, [agent], [caller]);
        await Hearing.UntilAsync(agent, [caller], [agent]);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await caller.HangUpAsync();
        await stage.SilenceAsync();
        Hearing.AssertTone(caller, Announcement);
        Hearing.AssertTone(agent, Announcement);
        var recording = await NewestAsync("number=100&");
        Assert.Equal(JsonValueKind.String, recording.GetProperty("consentAt").ValueKind);
        var sound = await SoundAsync(recording);
        Assert.True(Hearing.Loudest(Read(sound, 0), caller.Options.ToneHertz) > -24, "the caller is not in it");
        Assert.True(Hearing.Loudest(Read(sound, 1), agent.Options.ToneHertz) > -24, "the agent is not in it");
        Assert.True(Hearing.Loudest(Read(sound, 0), Announcement) < -34, "the announcement was recorded");

        // The agent's own rule says never.
        await RuleAsync("extension:105", new { mode = "never" });
        caller.Forget();
        agent.Forget();
        await caller.DialAsync("770");
        await agent.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await Hearing.UntilAsync(caller, [agent], [caller]);
        await RecordedAsync("none");
        await caller.HangUpAsync();
        await stage.SilenceAsync();
        Hearing.AssertNever(caller, Announcement);

        await Server.SendAsync(HttpMethod.Post, "/api/v1/agents/105/logout", new { });
        foreach (var scope in new[] { "tenant", "queue:taped", "extension:105" })
            await Server.SendAsync(HttpMethod.Delete, $"/api/v1/recording-rules/{scope}");
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/queues/taped");
    }

    [Fact]
    public async Task What_is_said_in_a_room_is_recorded_by_its_own_rule()
    {
        var phones = await stage.PhonesAsync("101", "102");
        var (ada, bob) = (phones[0], phones[1]);
        await RuleAsync("tenant", new { mode = "never" });
        await RuleAsync("room:840", new { mode = "always" });
        foreach (var phone in phones)
        {
            await phone.DialAsync("*6840");
            await phone.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        }

        await Hearing.UntilAsync(ada, [bob], [ada]);
        await Hearing.UntilAsync(bob, [ada], [bob]);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/rooms/840");
        await stage.SilenceAsync();
        var sound = Read(await SoundAsync(await NewestAsync("")), 0);
        foreach (var phone in phones)
            Assert.True(Hearing.Loudest(sound, phone.Options.ToneHertz) > -24, $"{phone.Options.Number} is not in it");
        foreach (var scope in new[] { "tenant", "room:840" })
            await Server.SendAsync(HttpMethod.Delete, $"/api/v1/recording-rules/{scope}");
    }

    private Task RuleAsync(string scope, object rule) => Server.SendAsync(HttpMethod.Put, $"/api/v1/recording-rules/{scope}", rule);

    private Task RecordedAsync(string state) => Server.EventuallyAsync("/api/calls", c => c[0].GetProperty("recording").GetString() == state, $"recording: {state}", Stage.Patience);

    private async Task<JsonElement> NewestAsync(string filter) => (await stage.DataAsync(
        $"/api/v1/recordings?{filter}limit=1", r => r.GetProperty("recordings").EnumerateArray().Any(one => one.GetProperty("state").GetString() == "COMPLETE"), "the recording is complete"))
        .GetProperty("recordings")[0];

    private Task<byte[]> SoundAsync(JsonElement recording) => Server.Http.GetByteArrayAsync($"/api/v1/recordings/{recording.GetProperty("id").GetString()}/audio");

    private WavFile Read(byte[] sound, int channel)
    {
        var file = Path.Combine(stage.Scratch.Sub("heard"), Guid.NewGuid() + ".wav");
        File.WriteAllBytes(file, sound);
        return WavFile.Read(file, channel);
    }
}
