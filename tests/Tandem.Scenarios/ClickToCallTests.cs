using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>
/// A program has two real phones connected, follows the events over its WebSocket, loses the connection, transfers the callee to a third phone, and comes back for
/// what it missed. Tones prove who heard whom.
/// </summary>
public class ClickToCallTests
{
    [Fact]
    public async Task Two_are_connected_one_is_transferred_and_no_event_is_missed()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var ada = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = 600 });
        using var bob = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 900 });
        using var cleo = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = 1300 });

        IReadOnlyList<JsonElement> seen;
        string id;
        using (var events = await EventFollower.ConnectAsync(server, "types=call.*"))
        {
            var made = (await server.SendAsync(HttpMethod.Post, "/api/v1/calls", new { from = "100", to = "101", variables = new { @case = "4711" } }, 201)).GetProperty("data");
            id = made.GetProperty("id").GetString()!;
            await events.NextAsync("call.command");
            seen = events.Seen;
        }

        var connected = seen[^1].GetProperty("data");
        Assert.Equal(("originate", "DONE", "4711"), (Text(connected, "command"), Text(connected, "outcome"), connected.GetProperty("variables").GetProperty("case").GetString()));
        Assert.Equal(["call.created", "call.ringing", "call.answered", "call.command"], seen.Where(e => Text(e, "callId") == id).Select(Type));
        await server.EventuallyAsync("/api/rtp-streams", s => s.EnumerateArray().Count(x => x.GetProperty("packets").GetInt64() > 100) >= 2, "both hear each other");

        // Nobody listens now.
        await server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/commands", new { command = "transfer", leg = "callee", to = "102" }, 202);
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1 && c[0].GetProperty("transferredBy").GetString() == "100" && c[0].GetProperty("state").GetString() == "ESTABLISHED", "101 talks to 102");
        await ada.EventAsync("CALL_CLOSED");
        await server.EventuallyAsync("/api/rtp-streams", s => s.EnumerateArray().Count(x => x.GetProperty("packets").GetInt64() > 150) >= 2, "the two others hear each other");
        var second = (await server.GetAsync("/api/calls"))[0].GetProperty("id").GetString()!;
        await server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{second}/commands", new { command = "hangup", cause = 16 });
        await bob.EventAsync("CALL_CLOSED");
        await cleo.EventAsync("CALL_CLOSED");

        var after = seen[^1].GetProperty("sequence").GetInt64();
        IReadOnlyList<JsonElement> missed;
        using (var events = await EventFollower.ConnectAsync(server, $"types=call.*&after={after}"))
        {
            await events.NextAsync(e => Type(e) == "call.ended" && Text(e, "callId") == second, "the end of the second call");
            missed = events.Seen;
        }

        Assert.Equal(Enumerable.Range((int)after + 1, missed.Count).Select(n => (long)n), missed.Select(e => e.GetProperty("sequence").GetInt64()));
        Assert.Contains(missed, e => Type(e) == "call.transferred" && Text(e.GetProperty("data"), "newCallId") == second);
        Assert.Contains(missed, e => Type(e) == "call.command" && Text(e.GetProperty("data"), "command") == "transfer" && Text(e.GetProperty("data"), "outcome") == "DONE");
        Assert.Contains(missed, e => Type(e) == "call.ended" && Text(e, "callId") == id);

        // Both talked to 101 alone, one after the other.
        foreach (var phone in new[] { ada, cleo })
            Assert.InRange(phone.Heard(900).Hertz, 899, 901);
    }

    private static string Type(JsonElement e) => EventFollower.Type(e);

    private static string? Text(JsonElement e, string name) => e.GetProperty(name).GetString();
}
