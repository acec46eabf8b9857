using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Callers and agents of a queue beside what <see cref="VoicemailAndQueueTests"/> shows: announcements, overflow, the exit key, wrap-up and pause.</summary>
[Collection(StageStories.Name)]
public class QueueStories(Stage stage)
{
    private const double Place = 2_450;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task A_caller_is_told_his_place_and_goes_on_after_the_time_or_by_a_key()
    {
        var phones = await stage.PhonesAsync("100", "101", "110");
        var (caller, overflow, agent) = (phones[0], phones[1], phones[2]);
        await stage.SoundAsync("queue-next", Place);
        await QueueAsync("patient", "760", new { name = "patient", number = "760", overflow = "extension:101", maxWaitSeconds = 9, announceEverySeconds = 5, announceWait = false, ringSeconds = 30, exitKey = "9" }, "110");
        await CodeAsync(agent, "*51");
        await CodeAsync(agent, "*53");

        // The agent is paused first, and rings then.
        foreach (var rings in new[] { false, true })
        {
            if (rings)
                await CodeAsync(agent, "*53");
            foreach (var phone in phones)
                phone.Forget();
            await caller.DialAsync("760");
            await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
            if (rings)
            {
                await agent.EventAsync("CALL_INCOMING", Stage.Patience);
                await caller.PressAsync('9');
                await agent.EventAsync("CALL_CLOSED", Stage.Patience);
            }

            await overflow.EventAsync("CALL_ESTABLISHED", Stage.Patience);
            await stage.TalkAsync();
            await caller.HangUpAsync();
            await stage.SilenceAsync();
            Hearing.AssertTalk(caller, overflow);
            if (!rings)
                Hearing.AssertTone(caller, Place);
        }

        await CodeAsync(agent, "*52");
    }

    [Fact]
    public async Task An_agent_has_wrap_up_after_a_call_and_none_while_he_is_paused()
    {
        var phones = await stage.PhonesAsync("100", "102");
        var (caller, agent) = (phones[0], phones[1]);
        await QueueAsync("wraps", "761", new { name = "wraps", number = "761", wrapUpSeconds = 300, announceEverySeconds = 0 }, "102");
        await CodeAsync(agent, "*51");
        await TalkAsync(caller, agent);
        await AgentAsync("WRAP_UP");

        // The next caller waits until the agent says that he is ready.
        caller.Forget();
        agent.Forget();
        await caller.DialAsync("761");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.DataAsync("/api/v1/queues/wraps/state", s => s.GetProperty("waiting").GetArrayLength() == 1, "he waits");
        await Server.SendAsync(HttpMethod.Post, "/api/v1/agents/102/resume", new { });
        await agent.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.TalkAsync();
        await agent.HangUpAsync();
        await stage.SilenceAsync();
        Hearing.AssertTalk(caller, agent);

        // By his phone he pauses, and works again.
        await CodeAsync(agent, "*5312");
        Assert.Equal("12", (await AgentAsync("PAUSED")).GetProperty("pauseReason").GetString());
        await CodeAsync(agent, "*53");
        await Server.SendAsync(HttpMethod.Post, "/api/v1/agents/102/resume", new { });
        await AgentAsync("FREE");
        caller.Forget();
        await TalkAsync(caller, agent);
        await CodeAsync(agent, "*52");
        await AgentAsync("LOGGED_OUT");
    }

    private async Task TalkAsync(Baresip caller, Baresip agent)
    {
        await caller.DialAsync("761");
        await agent.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.TalkAsync();
        await caller.HangUpAsync();
        await stage.SilenceAsync();
        Hearing.AssertTalk(caller, agent);
    }

    private async Task QueueAsync(string name, string number, object settings, string agent)
    {
        await Server.SendAsync(HttpMethod.Post, "/api/v1/queues", settings, 201);
        await Server.SendAsync(HttpMethod.Put, $"/api/v1/queues/{name}/members/{agent}", new { skill = 50, tier = 1 });
        await stage.DataAsync($"/api/v1/queues/{name}", q => q.GetProperty("members").GetArrayLength() == 1, $"{agent} is an agent of {number}");
    }

    private Task<JsonElement> AgentAsync(string state) => stage.DataAsync("/api/v1/agents/102", a => a.GetProperty("state").GetString() == state, $"the agent is {state}");

    private static async Task CodeAsync(Baresip phone, string code)
    {
        await phone.DialAsync(code);
        await phone.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await phone.EventAsync("CALL_CLOSED", Stage.Patience);
        phone.Forget();
    }
}
