using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>A program commands calls of real phones; tones say who hears whom after each command.</summary>
[Collection(StageStories.Name)]
public class CommandStories(Stage stage)
{
    private const double Message = 2_400;
    private const int BusyCause = 17;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Commands_mute_hold_part_play_read_keys_and_end_a_call()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, callee) = (phones[0], phones[1]);
        var id = await ConnectAsync(caller, callee);
        await CommandAsync(id, new { command = "mute", leg = "caller" });
        await Hearing.UntilAsync(callee, [], [caller, callee]);
        await CommandAsync(id, new { command = "unmute", leg = "caller" });
        await Hearing.UntilAsync(callee, [caller], [callee]);

        await CommandAsync(id, new { command = "play", leg = "callee", play = new[] { $"tone:{Message}/1500" } }, 202);
        await Hearing.UntilAsync(callee, Message);
        await Hearing.UntilAsync(callee, [caller], [callee]);
        Hearing.AssertNever(caller, Message);

        await CommandAsync(id, new { command = "dtmf", leg = "callee", digits = "19#" });
        foreach (var key in "19#")
            Assert.Equal(key, await callee.KeyAsync());
        var collect = (await CommandAsync(id, new { command = "collect", leg = "callee", max = 3, secret = true, firstSeconds = 60, betweenSeconds = 30 }, 202)).GetProperty("commandId").GetString();
        await callee.TypeAsync("471");
        Assert.Equal("471", await DigitsAsync(id, collect!));

        await CommandAsync(id, new { command = "unbridge" });
        await Hearing.UntilAsync(caller, [], [callee]);
        await Hearing.UntilAsync(callee, [], [caller]);
        Assert.True((await CommandAsync(id, new { command = "unbridge" }, 409)).GetProperty("call").GetProperty("parted").GetBoolean());
        await CommandAsync(id, new { command = "rejoin" });
        await TalkAsync(caller, callee);

        // baresip records no more once it is held: that it is shows in what the caller hears.
        await CommandAsync(id, new { command = "hold", leg = "callee" }, 202);
        await caller.HearsNothingAsync();
        await CommandAsync(id, new { command = "unhold", leg = "callee" }, 202);
        await caller.HearsMoreAsync();
        await Hearing.UntilAsync(caller, [callee], [caller]);

        await CommandAsync(id, new { command = "hangup", cause = BusyCause });
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await callee.EventAsync("CALL_CLOSED", Stage.Patience);
        var ended = await Server.EventuallyAsync("/api/calls/history", h => h.EnumerateArray().Any(c => c.GetProperty("id").GetString() == id), "it is in the history", Stage.Patience);
        Assert.Equal(BusyCause, ended.EnumerateArray().Single(c => c.GetProperty("id").GetString() == id).GetProperty("verdict").GetProperty("cause").GetInt32());
        await CommandAsync(id, new { command = "mute", leg = "caller" }, 404);
    }

    [Fact]
    public async Task A_third_party_is_asked_left_and_given_the_call()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (caller, agent, third) = (phones[0], phones[1], phones[2]);
        var id = await ConnectAsync(caller, agent);
        await CommandAsync(id, new { command = "consult", leg = "callee", to = "102" }, 202);
        await TalkAsync(agent, third);
        await Hearing.UntilAsync(caller, [], [agent, third]);
        await CommandAsync(id, new { command = "cancel" });
        await third.EventAsync("CALL_CLOSED", Stage.Patience);
        await TalkAsync(caller, agent);

        third.Forget();
        await CommandAsync(id, new { command = "consult", leg = "callee", to = "102" }, 202);
        await TalkAsync(agent, third);
        await CommandAsync(id, new { command = "swap" });
        await TalkAsync(caller, agent);
        await Hearing.UntilAsync(third, [], [agent, caller]);
        await CommandAsync(id, new { command = "swap" });
        await TalkAsync(agent, third);
        await CommandAsync(id, new { command = "complete" }, 202);
        await agent.EventAsync("CALL_CLOSED", Stage.Patience);
        await TalkAsync(caller, third);

        await third.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
    }

    [Fact]
    public async Task Two_calls_become_one()
    {
        var phones = await stage.PhonesAsync("100", "101", "102", "103");
        var (first, second, third, fourth) = (phones[0], phones[1], phones[2], phones[3]);
        var one = await ConnectAsync(first, second);
        var other = await ConnectAsync(third, fourth);
        await CommandAsync(one, new { command = "bridge", leg = "caller", with = other, withLeg = "callee" }, 202);
        await second.EventAsync("CALL_CLOSED", Stage.Patience);
        await third.EventAsync("CALL_CLOSED", Stage.Patience);
        await TalkAsync(first, fourth);
        await first.HangUpAsync();
        await fourth.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
    }

    private async Task<string> ConnectAsync(Baresip caller, Baresip callee)
    {
        await caller.DialAsync(callee.Options.Number);
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAsync(caller, callee);
        return await IdAsync(caller.Options.Number, callee.Options.Number);
    }

    // Of a call between the two, whoever of them counts as its caller.
    private async Task<string> IdAsync(string one, string other)
    {
        var calls = await Server.EventuallyAsync("/api/calls", c => c.EnumerateArray().Any(Fits), $"{one} and {other} are in a call", Stage.Patience);
        return calls.EnumerateArray().Single(Fits).GetProperty("id").GetString()!;

        bool Fits(JsonElement call)
        {
            string?[] two = [call.GetProperty("fromNumber").GetString(), call.GetProperty("toNumber").GetString()];
            return two.Contains(one) && two.Contains(other) && call.GetProperty("state").GetString() == "ESTABLISHED";
        }
    }

    private static async Task TalkAsync(Baresip one, Baresip other)
    {
        await Hearing.UntilAsync(one, [other], [one]);
        await Hearing.UntilAsync(other, [one], [other]);
    }

    private async Task<JsonElement> CommandAsync(string id, object command, int status = 200)
    {
        var answer = await Server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/commands", command, status);
        return answer.TryGetProperty("data", out var data) ? data : answer;
    }

    private async Task<string?> DigitsAsync(string id, string collect)
    {
        var until = DateTime.UtcNow.AddSeconds(Stage.Patience);
        while (true)
        {
            using var request = new StringContent(JsonSerializer.Serialize(new { command = "digits", of = collect }), System.Text.Encoding.UTF8, "application/json");
            using var answer = await Server.Http.PostAsync($"/api/v1/calls/{id}/commands", request);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode)
                return JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("digits").GetString();
            Assert.True(DateTime.UtcNow < until, text);
            await Task.Delay(100);
        }
    }
}
