using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>A program takes callers out of what the exchange does for them, and commands that cross leave nothing behind. Tones prove who hears whom.</summary>
[Collection(StageStories.Name)]
public class ServiceStories(Stage stage)
{
    private const double Menu = 2_300;
    private const double Music = 2_620;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task A_caller_is_transferred_out_of_a_menu()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, target) = (phones[0], phones[1]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/ivr/flows/stays", new
        {
            start = "choose",
            steps = new Dictionary<string, object> { ["choose"] = new { @do = "menu", prompt = $"tone:{Menu}/20000", keys = new Dictionary<string, string> { ["1"] = "bye" }, wait = 60 }, ["bye"] = new { @do = "hangup" } },
        });
        await stage.RuleAsync("615", new { to = "ivr:stays" });
        await caller.DialAsync("615");
        await Hearing.UntilAsync(caller, Menu);
        await CommandAsync("100", new { command = "transfer", to = "101" });
        await TalkAsync(caller, target);
        await caller.HangUpAsync();
        await target.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertNever(target, Menu);
    }

    // He is not lost for the queue either: nobody gave up.
    [Fact]
    public async Task A_caller_is_parked_out_of_a_queue()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, other) = (phones[0], phones[1]);
        await stage.MusicAsync(Music);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "left", number = "762", joinWithoutAgents = true, announceEverySeconds = 0 }, 201);
        await caller.DialAsync("762");
        await Hearing.UntilAsync(caller, Music);
        await CommandAsync("100", new { command = "park", slot = "733" });
        await stage.DataAsync("/api/v1/parking", p => p.GetArrayLength() == 1 && Text(p[0], "slot") == "733", "he is parked");
        await other.DialAsync("733");
        await TalkAsync(caller, other);
        var figures = (await Server.GetAsync("/api/v1/queues/left/state")).GetProperty("data").GetProperty("figures");
        Assert.Equal((1, 0, 0), (figures.GetProperty("joined").GetInt32(), figures.GetProperty("answered").GetInt32(), figures.GetProperty("abandoned").GetInt32()));
        await other.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        await stage.NoMusicAsync();
    }

    [Fact]
    public async Task A_member_of_a_room_is_bridged_with_a_party_of_another_call()
    {
        var phones = await stage.PhonesAsync("100", "101", "102", "103");
        var (caller, member, third, fourth) = (phones[0], phones[1], phones[2], phones[3]);
        foreach (var phone in new[] { caller, member })
            await phone.DialAsync("*6856");
        await TalkAsync(caller, member);
        await third.DialAsync("103");
        await TalkAsync(third, fourth);
        await CommandAsync("100", new { command = "bridge", with = await IdAsync("102"), withLeg = "callee" });
        await third.EventAsync("CALL_CLOSED", Stage.Patience);
        await TalkAsync(caller, fourth);
        await Hearing.UntilAsync(member, [], [caller, fourth]);
        Assert.Equal(1, (await Server.GetAsync("/api/v1/rooms/856")).GetProperty("data").GetProperty("members").GetArrayLength());
        await caller.HangUpAsync();
        await fourth.EventAsync("CALL_CLOSED", Stage.Patience);
        await member.HangUpAsync();
        await stage.SilenceAsync();
    }

    // Each time the hang-up comes at another place among commands that want the call elsewhere.
    [Fact]
    public async Task Commands_that_cross_have_one_outcome_each_and_leave_nothing()
    {
        using var events = await EventFollower.ConnectAsync(Server, "types=call.command");
        var begun = new HashSet<string>();
        for (var last = 0; last < 4; last++)
        {
            var phones = await stage.PhonesAsync("100", "101", "102");
            await phones[0].DialAsync("101");
            await phones[0].EventAsync("CALL_ESTABLISHED", Stage.Patience);
            var path = $"/api/v1/calls/{await IdAsync("100")}/commands";
            List<object> commands =
            [
                new { command = "hold", leg = "callee" }, new { command = "transfer", leg = "caller", to = "102" }, new { command = "mute", leg = "caller" }, new { command = "park", leg = "callee" },
            ];
            commands.Insert(last + 1, new { command = "hangup" });
            var answers = await Task.WhenAll(commands.Select(command => SendAsync(path, command)));
            Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { 200, 202, 404, 409 }));
            begun.UnionWith(answers.Where(answer => answer.Status == 202).Select(answer => answer.Command!));
            await Server.SendAsync(HttpMethod.Post, "/api/admin/clear-calls");
            await stage.SilenceAsync();
        }

        while (begun.Count > 0)
        {
            var told = await events.NextAsync("call.command");
            Assert.Contains(EventFollower.Text(told, "outcome"), new[] { "DONE", "FAILED", "CANCELLED" });
            begun.Remove(EventFollower.Text(told, "commandId")!);
        }

        Assert.Equal(0, (await Server.GetAsync("/api/statistics")).GetProperty("faults").GetProperty("callFaults").GetInt32());
        Assert.Equal(0, (await Server.GetAsync("/api/v1/parking")).GetProperty("data").GetArrayLength());
    }

    private static string? Text(JsonElement thing, string name) => thing.GetProperty(name).GetString();

    private static async Task TalkAsync(Baresip one, Baresip other)
    {
        await Hearing.UntilAsync(one, [other], [one]);
        await Hearing.UntilAsync(other, [one], [other]);
    }

    private async Task<string> IdAsync(string caller) => Text((await Server.GetAsync("/api/calls")).EnumerateArray().Single(one => Text(one, "fromNumber") == caller), "id")!;

    private async Task CommandAsync(string caller, object command) => await Server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{await IdAsync(caller)}/commands", command, 202);

    private async Task<(int Status, string? Command)> SendAsync(string path, object command)
    {
        using var body = new StringContent(JsonSerializer.Serialize(command), System.Text.Encoding.UTF8, "application/json");
        using var answer = await Server.Http.PostAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("commandId").GetString() : null);
    }
}
