using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Callers whom a program alone has, and two whom it connected: held, parted, taken back. What the phones hear says so.</summary>
[Collection(StageStories.Name)]
public class ProgramStories(Stage stage)
{
    private const double Message = 2_350;
    private const double Music = 2_650;
    private const double Again = 2_150;

    private TandemServer Server => stage.Server;

    // baresip keeps no sound while it is held; linphone does.
    [Fact]
    public async Task A_caller_whom_a_program_has_is_held_with_music_and_taken_back()
    {
        await stage.PhonesAsync();
        using var caller = await Linphone.StartAsync(stage.Scratch, Server, new LinphoneOptions("118"));
        using var events = await EventFollower.ConnectAsync(Server, "types=call.*");
        await stage.MusicAsync(Music);
        await stage.RuleAsync("600", new { to = "api:desk", ringSeconds = 120 });
        caller.Call("600");
        var id = (await events.NextAsync("call.waiting")).GetProperty("callId").GetString()!;
        await DoneAsync(events, id, new { command = "answer" });
        await BeginAsync(id, new { command = "play", play = new[] { $"tone:{Message}/60000" } });
        await caller.HearsMoreAsync();
        await DoneAsync(events, id, new { command = "hold", leg = "caller" });
        await caller.HearsMoreAsync();
        Assert.True((await CallAsync(id)).GetProperty("heldByCallee").GetBoolean());
        await DoneAsync(events, id, new { command = "unhold", leg = "caller" });
        await BeginAsync(id, new { command = "play", play = new[] { $"tone:{Again}/60000" } });
        await caller.HearsMoreAsync();
        caller.HangUp();
        await stage.SilenceAsync();
        await stage.NoMusicAsync();
        var heard = await caller.RecordingAsync();
        foreach (var hertz in new[] { Message, Music, Again })
            Assert.True(Hearing.Loudest(heard, hertz) > -24, $"{hertz} Hz: {Hearing.Loudest(heard, hertz):0.0} dB");
        Assert.Equal([Message, Music, Again], new[] { Message, Music, Again }.OrderBy(hertz => Hearing.FirstHeard(heard, hertz)));
    }

    [Fact]
    public async Task Two_whom_a_program_connected_are_parted_and_brought_together()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (first, second, third) = (phones[0], phones[1], phones[2]);
        using var events = await EventFollower.ConnectAsync(Server, "types=call.*");
        await stage.MusicAsync(Music);
        var id = (await Server.SendAsync(HttpMethod.Post, "/api/v1/calls", new { from = "100", to = "101" }, 201)).GetProperty("data").GetProperty("id").GetString()!;
        await TalkAsync(first, second);
        await CommandAsync(id, new { command = "unbridge" }, 200);
        foreach (var (phone, other) in new[] { (first, second), (second, first) })
        {
            await Hearing.UntilAsync(phone, Music);
            await Hearing.UntilAsync(phone, [], [other]);
        }

        await CommandAsync(id, new { command = "rejoin" }, 200);
        await TalkAsync(first, second);
        await CommandAsync(id, new { command = "unbridge" }, 200);
        await DoneAsync(events, id, new { command = "transfer", leg = "callee", to = "102" });
        await first.EventAsync("CALL_CLOSED", Stage.Patience);
        await TalkAsync(second, third);
        await third.HangUpAsync();
        await second.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        await stage.NoMusicAsync();
    }

    private static async Task TalkAsync(Baresip one, Baresip other)
    {
        await Hearing.UntilAsync(one, [other], [one]);
        await Hearing.UntilAsync(other, [one], [other]);
    }

    private async Task<JsonElement> CallAsync(string id) => (await Server.GetAsync("/api/calls")).EnumerateArray().Single(call => call.GetProperty("id").GetString() == id);

    private Task<JsonElement> CommandAsync(string id, object command, int status) => Server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/commands", command, status);

    private async Task<string?> BeginAsync(string id, object command) => (await CommandAsync(id, command, 202)).GetProperty("data").GetProperty("commandId").GetString();

    private async Task DoneAsync(EventFollower events, string id, object command)
    {
        var commandId = await BeginAsync(id, command);
        var ended = await events.NextAsync(e => EventFollower.Type(e) == "call.command" && EventFollower.Text(e, "commandId") == commandId, $"the outcome of {command}");
        Assert.Equal("DONE", EventFollower.Text(ended, "outcome"));
    }
}
