using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Calls that end without a conversation: what the caller is told, and what the history says.</summary>
[BesideOthers]
public class CallOutcomeTests
{
    [Fact]
    public async Task The_caller_cancels_while_it_rings()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { AnswerMode = "manual" });

        await caller.DialAsync("101");
        await callee.EventAsync("CALL_INCOMING");
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1 && c[0].GetProperty("state").GetString() == "RINGING", "the call rings");
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");

        await EndedAsync(server, "CANCELLED");
    }

    [Fact]
    public async Task The_callee_is_busy()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { AnswerMode = "manual" });

        await caller.DialAsync("101");
        await callee.EventAsync("CALL_INCOMING");
        await callee.HangUpAsync();
        var closed = await caller.EventAsync("CALL_CLOSED");

        Assert.StartsWith("486", closed.GetProperty("param").GetString());
        await EndedAsync(server, "BUSY");
    }

    [Fact]
    public async Task Nobody_answers()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["CALL_SETUP_TIMEOUT"] = "2000" });
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { AnswerMode = "manual" });

        await caller.DialAsync("101");
        await callee.EventAsync("CALL_INCOMING");
        await caller.EventAsync("CALL_CLOSED");
        await callee.EventAsync("CALL_CLOSED");

        await EndedAsync(server, "TIMEOUT");
    }

    [Fact]
    public async Task The_callee_is_not_registered()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));

        await caller.DialAsync("105");
        var closed = await caller.EventAsync("CALL_CLOSED");

        Assert.StartsWith("480", closed.GetProperty("param").GetString());
        await EndedAsync(server, "NOT_REGISTERED");
    }

    [Fact]
    public async Task The_number_does_not_exist()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));

        await caller.DialAsync("999");
        var closed = await caller.EventAsync("CALL_CLOSED");

        Assert.StartsWith("404", closed.GetProperty("param").GetString());
    }

    [Fact]
    public async Task A_wrong_secret_registers_nobody_and_places_no_call()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["BAN_FAILURES"] = "0" });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        using var intruder = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { Secret = "guess" }, expectRegistered: false);

        await intruder.DialAsync("101");
        var closed = await intruder.EventAsync("CALL_CLOSED");

        Assert.Matches("^40[137]", closed.GetProperty("param").GetString());
        await NobodyGotInAsync(server);
    }

    [Fact]
    public async Task Repeated_guesses_ban_the_source_until_the_ban_is_lifted()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["BAN_FAILURES"] = "2" });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        using (var intruder = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { Secret = "guess" }, expectRegistered: false))
        {
            await intruder.DialAsync("101");
            var bans = await server.EventuallyAsync("/api/v1/bans", b => b.GetProperty("data").GetArrayLength() == 1, "the source is banned");
            Assert.Equal("127.0.0.1", bans.GetProperty("data")[0].GetProperty("source").GetString());
            await NobodyGotInAsync(server);
        }

        // It is gone by now: it would guess on, and be banned again.
        using var lifted = await server.Http.DeleteAsync("/api/v1/bans/127.0.0.1");
        Assert.True(lifted.IsSuccessStatusCode, await lifted.Content.ReadAsStringAsync());
        Assert.Equal(0, (await server.GetAsync("/api/v1/bans")).GetProperty("data").GetArrayLength());
        using var honest = await Baresip.StartAsync(scratch, new BaresipOptions("102", server));
    }

    private static async Task NobodyGotInAsync(TandemServer server)
    {
        var users = await server.GetAsync("/api/users");
        Assert.Equal("101", Assert.Single(users.EnumerateArray()).GetProperty("number").GetString());
        Assert.Equal(0, (await server.GetAsync("/api/calls")).GetArrayLength());
        Assert.Equal(0, (await server.GetAsync("/api/calls/history")).GetArrayLength());
    }

    private static async Task EndedAsync(TandemServer server, string reason)
    {
        var history = await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 1, "the call is in the history");
        Assert.Equal("TERMINATED", history[0].GetProperty("state").GetString());
        Assert.Equal(reason, history[0].GetProperty("terminationReason").GetString());
        Assert.Equal(0, history[0].GetProperty("duration").GetDouble());
        Assert.Equal(0, (await server.GetAsync("/api/calls")).GetArrayLength());
        Assert.Equal(0, (await server.GetAsync("/api/rtp-streams")).GetArrayLength());
    }
}
