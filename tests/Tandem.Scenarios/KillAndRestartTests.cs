using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>kill -9 loses neither bindings nor call records.</summary>
[BesideOthers]
public class KillAndRestartTests
{
    [Fact]
    public async Task Bindings_and_call_records_survive_kill_9()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(1500);
        await WrittenAsync(server);
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");
        server.Process.Kill();

        await server.RestartAsync();

        var users = await server.GetAsync("/api/users");
        Assert.Equal(["100", "101"], users.EnumerateArray().Select(u => u.GetProperty("number").GetString()).Order());
        var call = Assert.Single((await HistoryAsync(server)).EnumerateArray());
        Assert.Equal("TERMINATED", call.GetProperty("state").GetString());

        // The phones know nothing of the restart: the next call goes through on the restored bindings.
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");
    }

    [Fact]
    public async Task A_call_that_was_cut_by_kill_9_gets_one_record()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(1000);
        await WrittenAsync(server);
        server.Process.Kill();

        await server.RestartAsync();
        var call = Assert.Single((await HistoryAsync(server)).EnumerateArray());
        Assert.Equal("NODE_LOST", call.GetProperty("terminationReason").GetString());

        server.Process.Kill();
        await server.RestartAsync();
        Assert.Equal(1, (await HistoryAsync(server)).GetArrayLength());
    }

    [Fact]
    public async Task Sigterm_ends_calls_with_bye_and_writes_their_records()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["DRAIN_GRACE"] = "1" });
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        server.Process.Terminate();

        await callee.EventAsync("CALL_CLOSED");
        await caller.EventAsync("CALL_CLOSED");
        Assert.Equal(0, await server.Process.ExitAsync(TimeSpan.FromSeconds(60)));

        await server.RestartAsync();
        var call = Assert.Single((await HistoryAsync(server)).EnumerateArray());
        Assert.Equal("SHUTDOWN", call.GetProperty("terminationReason").GetString());
    }

    // What has happened so far is in the database: a kill may take what happened in the last milliseconds.
    private static Task WrittenAsync(TandemServer server) => server.EventuallyAsync(
        "/api/statistics", s => s.GetProperty("queues").GetProperty("databaseWrites").GetInt64() == 0 && s.GetProperty("database").GetProperty("written").GetInt64() > 0, "all is written");

    // The answer may lack what the database has no time for yet.
    private static Task<System.Text.Json.JsonElement> HistoryAsync(TandemServer server) =>
        server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() > 0, "the call is in the history");
}
