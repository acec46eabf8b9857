using System.Net.WebSockets;
using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>
/// A program has two real phones connected, follows the events over its WebSocket, loses the connection, transfers the callee to a third phone, and comes back for
/// what it missed. Tones prove who heard whom.
/// </summary>
public class ClickToCallTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_are_connected_one_is_transferred_and_no_event_is_missed()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var ada = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = 600 });
        using var bob = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 900 });
        using var cleo = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = 1300 });

        var seen = new List<JsonElement>();
        string id;
        using (var events = await FollowAsync(server, ""))
        {
            var made = (await server.SendAsync(HttpMethod.Post, "/api/v1/calls", new { from = "100", to = "101", variables = new { @case = "4711" } }, 201)).GetProperty("data");
            id = made.GetProperty("id").GetString()!;
            await ReadAsync(events, seen, e => Type(e) == "call.command");
        }

        var connected = seen[^1].GetProperty("data");
        Assert.Equal(("originate", "DONE", "4711"), (Text(connected, "command"), Text(connected, "outcome"), connected.GetProperty("variables").GetProperty("case").GetString()));
        Assert.Equal(["call.created", "call.ringing", "call.answered", "call.command"], seen.Where(e => Text(e, "callId") == id).Select(Type));
        await server.EventuallyAsync("/api/rtp-streams", s => s.EnumerateArray().Count(x => x.GetProperty("packets").GetInt64() > 100) >= 2, "both hear each other", 30);

        // Nobody listens now.
        await server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/commands", new { command = "transfer", leg = "callee", to = "102" }, 202);
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1 && c[0].GetProperty("transferredBy").GetString() == "100" && c[0].GetProperty("state").GetString() == "ESTABLISHED", "101 talks to 102", 40);
        await ada.EventAsync("CALL_CLOSED", 40);
        await server.EventuallyAsync("/api/rtp-streams", s => s.EnumerateArray().Count(x => x.GetProperty("packets").GetInt64() > 150) >= 2, "the two others hear each other", 30);
        var second = (await server.GetAsync("/api/calls"))[0].GetProperty("id").GetString()!;
        await server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{second}/commands", new { command = "hangup", cause = 16 });
        await bob.EventAsync("CALL_CLOSED", 40);
        await cleo.EventAsync("CALL_CLOSED", 40);

        var after = seen[^1].GetProperty("sequence").GetInt64();
        var missed = new List<JsonElement>();
        using (var events = await FollowAsync(server, $"&after={after}"))
            await ReadAsync(events, missed, e => Type(e) == "call.ended" && Text(e, "callId") == second);
        Assert.Equal(Enumerable.Range((int)after + 1, missed.Count).Select(n => (long)n), missed.Select(e => e.GetProperty("sequence").GetInt64()));
        Assert.Contains(missed, e => Type(e) == "call.transferred" && Text(e.GetProperty("data"), "newCallId") == second);
        Assert.Contains(missed, e => Type(e) == "call.command" && Text(e.GetProperty("data"), "command") == "transfer" && Text(e.GetProperty("data"), "outcome") == "DONE");
        Assert.Contains(missed, e => Type(e) == "call.ended" && Text(e, "callId") == id);

        // Both talked to 101 alone, one after the other.
        foreach (var phone in new[] { ada, cleo })
            Assert.InRange(phone.Heard(900).Hertz, 899, 901);
    }

    private static string Type(JsonElement e) => e.GetProperty("type").GetString()!;

    private static string? Text(JsonElement e, string name) => e.GetProperty(name).GetString();

    private static async Task<ClientWebSocket> FollowAsync(TandemServer server, string query)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.HttpPort}/api/v1/events?types=call.*{query}"), Cancellation);
        return socket;
    }

    private static async Task ReadAsync(ClientWebSocket socket, List<JsonElement> into, Func<JsonElement, bool> isLast)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var buffer = new byte[64 << 10];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
                Assert.NotEqual(WebSocketMessageType.Close, received.MessageType);
                length += received.Count;
            }
            while (!received.EndOfMessage);

            var message = JsonDocument.Parse(buffer.AsMemory(0, length).ToArray()).RootElement;
            if (!message.TryGetProperty("sequence", out _))
                continue;

            into.Add(message);
            if (isLast(message))
                return;
        }
    }
}
