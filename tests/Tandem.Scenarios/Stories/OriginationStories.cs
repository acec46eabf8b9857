using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Calls that the exchange makes itself: for a room, for a supervisor, for somebody whom a queue calls back. Tones prove who hears whom.</summary>
[Collection(StageStories.Name)]
public class OriginationStories(Stage stage)
{
    private TandemServer Server => stage.Server;

    [Fact]
    public async Task A_room_calls_who_is_to_be_in_it_and_they_hear_each_other()
    {
        var phones = await stage.PhonesAsync("101", "102");
        var (ada, bob) = (phones[0], phones[1]);
        await ada.DialAsync("*6830");
        await ada.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/rooms/830/dial", new { to = "102", name = "Bob" }, 201);
        await stage.DataAsync("/api/v1/rooms/830", r => r.GetProperty("members").EnumerateArray().Any(m => m.GetProperty("name").GetString() == "Bob"), "he is in the room");
        await Hearing.UntilAsync(ada, [bob], [ada]);
        await Hearing.UntilAsync(bob, [ada], [bob]);
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/rooms/830");
        await ada.EventAsync("CALL_CLOSED", Stage.Patience);
        await bob.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertTalk(ada, bob);
    }

    [Fact]
    public async Task The_phone_of_a_supervisor_is_rung_and_he_hears_both_and_nobody_hears_him()
    {
        var phones = await stage.PhonesAsync("101", "102", "103");
        var (customer, agent, supervisor) = (phones[0], phones[1], phones[2]);
        await customer.DialAsync("102");
        await customer.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/monitors", new { from = "103", agent = "102", follow = false }, 201);
        await stage.DataAsync("/api/v1/monitors", r => r.GetArrayLength() == 1 && r[0].GetProperty("callId").GetString() is not null, "he listens");
        await Hearing.UntilAsync(supervisor, [customer, agent], [supervisor]);
        await Hearing.UntilAsync(customer, [agent], [customer, supervisor]);
        await Hearing.UntilAsync(agent, [customer], [agent, supervisor]);
        await customer.HangUpAsync();
        await supervisor.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertNever(customer, supervisor);
        Hearing.AssertNever(agent, supervisor);
    }

    [Fact]
    public async Task A_caller_of_a_queue_is_called_back_when_an_agent_is_there()
    {
        var phones = await stage.PhonesAsync("101", "109");
        var (caller, agent) = (phones[0], phones[1]); // who is in no other story, where agents log in
        await Server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "backcall", number = "765", joinWithoutAgents = true, callbackKey = "1", announceEverySeconds = 0 }, 201);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/queues/backcall/members/109", new { });
        await caller.DialAsync("765");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await caller.PressAsync('1');
        await Task.Delay(TimeSpan.FromSeconds(1));
        await caller.PressAsync('1');
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.DataAsync("/api/v1/queues/backcall/callbacks", r => r.GetArrayLength() == 1 && r[0].GetProperty("number").GetString() == "101", "he is to be called back");

        caller.Forget();
        await Server.SendAsync(HttpMethod.Post, "/api/v1/agents/109/login");
        await stage.DataAsync("/api/v1/agents/109", r => r.GetProperty("state").GetString() == "TALKING", "the agent is on the line");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.DataAsync("/api/v1/queues/backcall/callbacks", r => r.GetArrayLength() == 0, "he was reached");
        await stage.TalkAsync();
        await agent.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertTalk(caller, agent);
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/queues/backcall");
    }
}
