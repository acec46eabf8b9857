using System.Net.WebSockets;
using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios;

/// <summary>
/// A real phone calls a number behind which a program waits: the program lets it ring, answers, plays a tone, reads keys in secret and sends the caller to a second phone.
/// Tones say who heard what.
/// </summary>
public class ProgramHoldsCallTests
{
    private const double Program = 700;
    private const double Caller = 400;
    private const double Office = 1_160;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_rings_answers_plays_collects_and_sends_on()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        await server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/desk", new { numbers = new[] { "500" }, actions = new[] { new { to = "api:desk", ringSeconds = 120 } } });
        using var office = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Office });
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Caller });
        using var events = new ClientWebSocket();
        await events.ConnectAsync(new Uri($"ws://127.0.0.1:{server.HttpPort}/api/v1/events?types=call.*"), Cancellation);

        await NextAsync(events, "stream.open");
        await caller.DialAsync("500");
        var waiting = await NextAsync(events, "call.waiting");
        var id = waiting.GetProperty("callId").GetString()!;
        Assert.Equal(("desk", "100", "500"), (Text(waiting, "name"), Text(waiting, "caller"), Text(waiting, "callee")));

        await CommandAsync(new { command = "ring" }, 200);
        await caller.EventAsync("CALL_RINGING");
        await CommandAsync(new { command = "answer" }, 202);
        await caller.EventAsync("CALL_ESTABLISHED");
        await NextAsync(events, "call.command");
        await CommandAsync(new { command = "ring" }, 409);
        await CommandAsync(new { command = "play", play = new[] { "tone:700/3000" } }, 202);
        Assert.Equal("DONE", Text(await NextAsync(events, "call.command"), "outcome"));

        var collect = (await CommandAsync(new { command = "collect", leg = "caller", max = 4, secret = true, firstSeconds = 60, betweenSeconds = 30 }, 202)).GetProperty("data").GetProperty("commandId").GetString();
        foreach (var key in "4711")
        {
            await caller.PressAsync(key);
            await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
        }

        Assert.Equal("****", Text(await NextAsync(events, "call.command"), "digits"));
        Assert.Equal("4711", (await CommandAsync(new { command = "digits", of = collect }, 200)).GetProperty("data").GetProperty("digits").GetString());

        await CommandAsync(new { command = "transfer", to = "extension:101" }, 202);
        await office.EventAsync("CALL_ESTABLISHED", 60);
        Assert.Equal("DONE", Text(await NextAsync(events, "call.command"), "outcome"));
        await Task.Delay(TimeSpan.FromSeconds(4), Cancellation);
        await caller.HangUpAsync();
        await office.EventAsync("CALL_CLOSED");

        Assert.True(ToneLevel.Of(caller.Recording(), Program) > -35, "the caller does not hear the program");
        Assert.True(ToneLevel.Of(caller.Recording(TimeSpan.FromSeconds(2.5)), Office) > -25, "the caller does not hear the office");
        Assert.True(ToneLevel.Of(office.Recording(TimeSpan.FromSeconds(2.5)), Caller) > -25, "the office does not hear the caller");
        Assert.True(ToneLevel.Of(office.Recording(), Program) < -45, "the office hears the program");

        Task<JsonElement> CommandAsync(object body, int status) => server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/commands", body, status);
    }

    private static string? Text(JsonElement e, string name) => e.GetProperty("data").GetProperty(name).GetString();

    private static async Task<JsonElement> NextAsync(ClientWebSocket socket, string type)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var buffer = new byte[64 << 10];
        var others = new List<string>();
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                try
                {
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
                }
                catch (OperationCanceledException)
                {
                    throw new TimeoutException($"waited in vain for {type}, and got {string.Join(", ", others)}");
                }

                Assert.NotEqual(WebSocketMessageType.Close, received.MessageType);
                length += received.Count;
            }
            while (!received.EndOfMessage);

            var message = JsonDocument.Parse(buffer.AsMemory(0, length).ToArray()).RootElement;
            if (message.GetProperty("type").GetString() == type)
                return message;
            others.Add(message.GetRawText());
        }
    }
}
