using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Who comes first in a queue, and whom it rings. 116 and 117 are agents in no other story.</summary>
[Collection(StageStories.Name)]
public class QueueOrderStories(Stage stage)
{
    private TandemServer Server => stage.Server;

    [Fact]
    public async Task All_agents_ring_and_who_has_priority_comes_first()
    {
        var phones = await stage.PhonesAsync("100", "101", "102", "116", "117");
        var (first, early, urgent, loser, agent) = (phones[0], phones[1], phones[2], phones[3], phones[4]);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "order", number = "775", strategy = "RING_ALL", joinWithoutAgents = true, ringSeconds = 60, wrapUpSeconds = 0, announceEverySeconds = 0 }, 201);
        foreach (var number in new[] { "116", "117" })
        {
            await Server.SendAsync(HttpMethod.Put, $"/api/v1/queues/order/members/{number}", new { });
            await Server.SendAsync(HttpMethod.Post, $"/api/v1/agents/{number}/login", new { });
        }

        await stage.RuleAsync("776", new { to = "queue:order?priority=5" });
        await first.DialAsync("775");
        await loser.EventAsync("CALL_INCOMING", Stage.Patience);
        await agent.EventAsync("CALL_INCOMING", Stage.Patience);
        await agent.AcceptAsync();
        await loser.EventAsync("CALL_CLOSED", Stage.Patience);
        await Hearing.UntilAsync(agent, [first], [agent]);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/agents/116/logout", new { });

        // Two wait for the one agent who is left.
        await early.DialAsync("775");
        await WaitingAsync(1);
        await urgent.DialAsync("776");
        await WaitingAsync(2);
        await first.HangUpAsync();
        foreach (var (caller, waiting) in new[] { (urgent, 1), (early, 0) })
        {
            await agent.EventAsync("CALL_CLOSED", Stage.Patience);
            await agent.EventAsync("CALL_INCOMING", Stage.Patience);
            await agent.AcceptAsync();
            await WaitingAsync(waiting);
            await Hearing.UntilAsync(caller, [agent], [caller]);
            await caller.HangUpAsync();
        }

        await stage.SilenceAsync();
        var figures = (await Server.GetAsync("/api/v1/queues/order/state")).GetProperty("data").GetProperty("figures");
        Assert.Equal((3, 3, 0), (figures.GetProperty("joined").GetInt32(), figures.GetProperty("answered").GetInt32(), figures.GetProperty("abandoned").GetInt32()));
        await Server.SendAsync(HttpMethod.Post, "/api/v1/agents/117/logout", new { });
    }

    private Task WaitingAsync(int count) => stage.DataAsync("/api/v1/queues/order/state", s => s.GetProperty("waiting").GetArrayLength() == count, $"{count} wait");
}
