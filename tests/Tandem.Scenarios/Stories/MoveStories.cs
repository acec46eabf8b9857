using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Callers whom a rule or a program parks, or whom a program sends to any destination; and a supervisor who finds where his agent talks. Tones prove it.</summary>
[Collection(StageStories.Name)]
public class MoveStories(Stage stage)
{
    private const double Music = 2_620;
    private const double Closed = 2_420;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task A_rule_and_a_program_park_a_caller_and_any_phone_retrieves_him()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (caller, agent, other) = (phones[0], phones[1], phones[2]);
        await stage.MusicAsync(Music);
        await stage.RuleAsync("610", new { to = "park:731" });
        await caller.DialAsync("610");
        await Hearing.UntilAsync(caller, Music);
        await other.DialAsync("731");
        await TalkAsync(caller, other);
        await other.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();

        phones = await stage.PhonesAsync("100", "101", "102");
        await caller.DialAsync("101");
        await TalkAsync(caller, agent);
        await CommandAsync(new { command = "park", leg = "caller", slot = "732" });
        await agent.EventAsync("CALL_CLOSED", Stage.Patience);
        await Hearing.UntilAsync(caller, Music);
        var parked = (await stage.DataAsync("/api/v1/parking", p => p.GetArrayLength() == 1, "he is parked"))[0];
        Assert.Equal(("732", "100", "101"), (Text(parked, "slot"), Text(parked, "number"), Text(parked, "parkedBy")));
        await other.DialAsync("732");
        await TalkAsync(caller, other);
        await caller.HangUpAsync();
        await other.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        await stage.NoMusicAsync();
    }

    [Fact]
    public async Task A_program_sends_a_caller_to_a_room_and_another_to_an_announcement()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (caller, agent, member) = (phones[0], phones[1], phones[2]);
        await stage.SoundAsync("closed-now", Closed, seconds: 3);
        await member.DialAsync("*6855");
        await stage.DataAsync("/api/v1/rooms", r => r.EnumerateArray().Any(room => Text(room, "name") == "855"), "the room is there");
        await caller.DialAsync("101");
        await TalkAsync(caller, agent);
        await CommandAsync(new { command = "transfer", leg = "caller", to = "room:855" });
        await agent.EventAsync("CALL_CLOSED", Stage.Patience);
        await TalkAsync(caller, member);
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/rooms/855");
        await stage.SilenceAsync();

        phones = await stage.PhonesAsync("100", "101");
        await caller.DialAsync("101");
        await TalkAsync(caller, agent);
        await CommandAsync(new { command = "transfer", leg = "callee", to = "play:closed-now" });
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await Hearing.UntilAsync(agent, Closed);
        await agent.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertNever(caller, Closed);
    }

    // He waits for an agent who is called by the number of a group; another one of the group answers first.
    [Fact]
    public async Task A_supervisor_hears_the_call_of_a_group_only_when_his_agent_answers_it()
    {
        var phones = await stage.PhonesAsync("100", "103", "110", "111");
        var (caller, supervisor, agent, colleague) = (phones[0], phones[1], phones[2], phones[3]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/monitor-rules", new { supervisors = new[] { "103" }, pin = "", tellAgent = false });
        await Server.SendAsync(HttpMethod.Put, "/api/v1/ring-groups/watched", new { members = new[] { "110", "111" }, strategy = "all" });
        await stage.RuleAsync("611", new { to = "group:watched" });
        await supervisor.DialAsync("*33110");
        await supervisor.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        foreach (var (answers, hears) in new[] { (colleague, false), (agent, true) })
        {
            await caller.DialAsync("611");
            await agent.EventAsync("CALL_INCOMING", Stage.Patience);
            await colleague.EventAsync("CALL_INCOMING", Stage.Patience);
            await answers.AcceptAsync();
            await TalkAsync(caller, answers);
            if (hears)
                await Hearing.UntilAsync(supervisor, [caller, agent], [supervisor, colleague]);
            else
                Assert.Equal(JsonValueKind.Null, (await Server.GetAsync("/api/v1/monitors")).GetProperty("data")[0].GetProperty("callId").ValueKind);
            await caller.HangUpAsync();
            await answers.EventAsync("CALL_CLOSED", Stage.Patience);
            await caller.EventAsync("CALL_CLOSED", Stage.Patience);
            await Server.EventuallyAsync("/api/calls", calls => calls.GetArrayLength() == 1, "the caller is gone", Stage.Patience);
            caller.Forget();
            agent.Forget();
            colleague.Forget();
        }

        Hearing.AssertNever(supervisor, colleague);
        await supervisor.HangUpAsync();
        await stage.SilenceAsync();
        await Server.SendAsync(HttpMethod.Put, "/api/v1/monitor-rules", new { supervisors = Array.Empty<string>(), pin = "", tellAgent = false });
    }

    private static string? Text(JsonElement thing, string name) => thing.GetProperty(name).GetString();

    private static async Task TalkAsync(Baresip one, Baresip other)
    {
        await Hearing.UntilAsync(one, [other], [one]);
        await Hearing.UntilAsync(other, [one], [other]);
    }

    // A command to the call of 100.
    private async Task CommandAsync(object command)
    {
        var call = (await Server.GetAsync("/api/calls")).EnumerateArray().Single(one => Text(one, "fromNumber") == "100");
        await Server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{Text(call, "id")}/commands", command, 202);
    }
}
