using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Which agent a queue rings, where it sends who finds it full, and what is said while it rings. 106 to 108 and 112 are agents in no other story.</summary>
[Collection(StageStories.Name)]
public class QueueChoiceStories(Stage stage)
{
    private const double Music = 2_680;
    private const double Place = 2_480;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Calls_go_round_to_who_had_the_fewest_to_the_skilled_and_from_tier_to_tier()
    {
        var phones = await stage.PhonesAsync("100", "106", "107", "108");
        var caller = phones[0];
        await Server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "choice", number = "780", strategy = "ROUND_ROBIN", joinWithoutAgents = true, wrapUpSeconds = 0, announceEverySeconds = 0 }, 201);
        foreach (var (number, skill, tier) in new[] { ("106", 10, 1), ("107", 90, 1), ("108", 50, 2) })
        {
            await Server.SendAsync(HttpMethod.Put, $"/api/v1/queues/choice/members/{number}", new { skill, tier });
            await AgentAsync(number, "login");
        }

        // Who logs in anew is not the one who has been free longest any more.
        await ReachesAsync("106");
        await ReachesAsync("107");
        await AgainAsync("106");
        await ReachesAsync("106");

        await StrategyAsync("FEWEST_CALLS");
        await AgainAsync("107");
        await ReachesAsync("107");

        await StrategyAsync("SKILL");
        await ReachesAsync("107");

        await AgentAsync("106", "pause");
        await AgentAsync("107", "pause");
        await ReachesAsync("108");
        foreach (var agent in phones[1..])
            await AgentAsync(agent.Options.Number, "logout");

        async Task ReachesAsync(string number)
        {
            var agent = phones.Single(phone => phone.Options.Number == number);
            await caller.DialAsync("780");
            await Hearing.UntilAsync(caller, [agent], [.. phones.Except([agent])]);
            await Hearing.UntilAsync(agent, [caller], [agent]);
            await caller.HangUpAsync();
            await stage.SilenceAsync();
            foreach (var other in phones.Except([caller, agent]))
                Assert.False(other.HasHeard, $"{other.Options.Number} was rung too");
            foreach (var phone in phones)
            {
                if (phone.HasHeard)
                    await phone.EventAsync("CALL_CLOSED", Stage.Patience);
                phone.Forget();
            }
        }

        async Task AgainAsync(string number)
        {
            await AgentAsync(number, "logout");
            await AgentAsync(number, "login");
        }

        Task StrategyAsync(string strategy) => Server.SendAsync(HttpMethod.Put, "/api/v1/queues/choice", new { number = "780", strategy, joinWithoutAgents = true, wrapUpSeconds = 0, announceEverySeconds = 0 });
    }

    [Fact]
    public async Task Who_finds_it_full_goes_on_and_events_count_those_who_wait_and_who_gave_up()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (first, second, elsewhere) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "full", number = "781", maxWaiting = 1, joinWithoutAgents = true, overflow = "extension:102", announceEverySeconds = 0 }, 201);
        using var events = await EventFollower.ConnectAsync(Server, "types=queue.*");
        await first.DialAsync("781");
        await events.NextAsync(e => IsOf(e, "queue.joined") && EventFollower.Text(e, "caller") == "100", "100 waits");
        await second.DialAsync("781");
        await Hearing.UntilAsync(second, [elsewhere], [first, second]);
        await Hearing.UntilAsync(elsewhere, [second], [first, elsewhere]);
        await second.HangUpAsync();
        await first.HangUpAsync();
        Assert.Equal("ABANDONED", EventFollower.Text(await events.NextAsync(e => IsOf(e, "queue.left"), "100 gave up"), "reason"));
        var figures = (await events.NextAsync(e => IsOf(e, "queue.figures") && e.GetProperty("data").GetProperty("abandoned").GetInt32() == 1, "the figures say so")).GetProperty("data");
        Assert.Equal((0, 1, 1), (Figure("waiting"), Figure("joined"), Figure("overflowed")));
        await stage.SilenceAsync();
        Assert.Contains("tandem_queue_", await Server.Http.GetStringAsync("/metrics"));

        int Figure(string name) => figures.GetProperty(name).GetInt32();

        static bool IsOf(JsonElement e, string type) => EventFollower.Type(e) == type && EventFollower.Text(e, "queue") == "full";
    }

    // What is said lasts longer than anybody waits for it to end.
    [Fact]
    public async Task His_place_is_told_while_an_agent_rings_and_the_answer_cuts_it()
    {
        var phones = await stage.PhonesAsync("100", "112");
        var (caller, agent) = (phones[0], phones[1]);
        await stage.MusicAsync(Music);
        await stage.SoundAsync("queue-next", Place, seconds: 120);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "told", number = "782", joinWithoutAgents = true, wrapUpSeconds = 0, ringSeconds = 120, announceEverySeconds = 5, announceWait = false }, 201);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/queues/told/members/112", new { });
        await AgentAsync("112", "login");
        await caller.DialAsync("782");
        await agent.EventAsync("CALL_INCOMING", Stage.Patience);
        await Hearing.UntilAsync(caller, Place);
        Hearing.AssertTone(caller, Music);
        await agent.AcceptAsync();
        await Hearing.UntilAsync(caller, [agent], [caller]);
        await Hearing.UntilGoneAsync(caller, Place);
        await Hearing.UntilAsync(agent, [caller], [agent]);
        Hearing.AssertNever(agent, Place);
        await agent.HangUpAsync();
        await stage.SilenceAsync();
        await AgentAsync("112", "logout");
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/prompts/queue-next");
        await stage.NoMusicAsync();
    }

    private Task AgentAsync(string number, string what) => Server.SendAsync(HttpMethod.Post, $"/api/v1/agents/{number}/{what}", new { });
}
