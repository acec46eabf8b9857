using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>What goes away under load comes back, and then every call has its record and every event has arrived.</summary>
public class NothingIsLostTests
{
    private const int CallsPerSecond = 20;
    private const int Calls = 300;

    /// <summary>PostgreSQL is killed in the middle of the calls: none fails, records and events wait on this side and arrive once it is back.</summary>
    [Fact]
    public async Task PostgreSQL_is_killed_under_load_and_no_record_and_no_event_is_lost()
    {
        using var scratch = new ScratchFolder();
        using var postgres = await Postgres.StartAsync(scratch);
        using var receiver = new EventReceiver();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string>
        {
            ["POSTGRES_URL"] = postgres.Url,
            ["WEBHOOK_ALLOW_PRIVATE"] = "127.0.0.0/8",
            ["WEBHOOK_RETRY_MIN"] = "200ms",
            ["LOG_LEVEL"] = "warn",

            // Small, so that what waits goes to the disk.
            ["DB_WRITE_QUEUE"] = "100",
        });
        await server.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { url = receiver.Url, eventTypes = new[] { "call.*" } }, 201);
        var folder = scratch.Sub("sipp");
        var callee = FreePorts.Next();
        await SippLoad.RegisterAsync(server, folder, callee);
        using var answering = SippLoad.Answer(folder, callee);
        using var calling = SippLoad.StartCalls(server, folder, Calls, CallsPerSecond);

        await CompletedAsync(server, 60);
        await postgres.KillAsync();
        await server.EventuallyAsync("/api/statistics", s => Completed(s) >= 200, "calls go on without the database", 60);
        var health = await server.Http.GetAsync("/health/detailed");
        Assert.Equal(503, (int)health.StatusCode);
        Assert.Contains("database", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await postgres.StartAsync();
        await SippServer.SucceedsAsync("the calls", calling, answering);

        await CountedAsync(server, receiver);
        Assert.Equal(0, (await server.GetAsync("/api/statistics")).GetProperty("faults").GetProperty("callFaults").GetInt32());
    }

    /// <summary>The receiver is away, and the server is killed with the events in its queue: after its start they arrive.</summary>
    [Fact]
    public async Task The_server_is_killed_with_events_in_its_queue_and_they_arrive_after_its_start()
    {
        using var scratch = new ScratchFolder();
        using var receiver = new EventReceiver();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string>
        {
            ["WEBHOOK_ALLOW_PRIVATE"] = "127.0.0.0/8",
            ["WEBHOOK_RETRY_MIN"] = "200ms",
            ["WEBHOOK_RETRY_MAX"] = "1",
            ["WEBHOOK_ATTEMPTS"] = "1000",
            ["LOG_LEVEL"] = "warn",
        });
        await server.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { url = receiver.Url, eventTypes = new[] { "call.*" } }, 201);
        var folder = scratch.Sub("sipp");
        var callee = FreePorts.Next();
        await SippLoad.RegisterAsync(server, folder, callee);
        using var answering = SippLoad.Answer(folder, callee);
        using var calling = SippLoad.StartCalls(server, folder, Calls, CallsPerSecond);
        await CompletedAsync(server, 60);
        receiver.Stop();
        await SippServer.SucceedsAsync("the calls", calling, answering);
        await server.EventuallyAsync("/api/v1/cdrs?limit=500", page => page.GetProperty("data").GetProperty("cdrs").GetArrayLength() == Calls, "all records are written", 60);

        server.Process.Kill();
        receiver.Start();
        await server.RestartAsync();
        await CountedAsync(server, receiver);
    }

    // Every call has one record, and every record has told of its beginning, answer and end, in this order.
    private static async Task CountedAsync(TandemServer server, EventReceiver receiver)
    {
        var page = await server.EventuallyAsync(
            "/api/v1/cdrs?limit=500", page => page.GetProperty("data").GetProperty("cdrs").GetArrayLength() == Calls, "every call has its record", 60);
        var calls = page.GetProperty("data").GetProperty("cdrs").EnumerateArray().Select(record => record.GetProperty("id").GetString()!).ToHashSet();
        Assert.Equal(Calls, calls.Count);
        foreach (var type in new[] { "call.ended", "call.answered", "call.created" })
        {
            var until = DateTime.UtcNow.AddSeconds(90);
            while (!calls.SetEquals(receiver.CallsOf(type)))
            {
                Assert.True(DateTime.UtcNow < until, $"{type}: {receiver.CallsOf(type).Count} of {Calls} arrived\n{server.Process.Output}");
                await Task.Delay(100);
            }
        }

        foreach (var call in receiver.All.GroupBy(e => e.Call))
        {
            var types = call.DistinctBy(e => e.Id).Select(e => e.Type).Where(type => type is "call.created" or "call.answered" or "call.ended");
            Assert.Equal(["call.created", "call.answered", "call.ended"], types);
        }
    }

    private static int Completed(System.Text.Json.JsonElement statistics) => statistics.GetProperty("calls").GetProperty("completedCalls").GetInt32();

    private static Task CompletedAsync(TandemServer server, int calls) =>
        server.EventuallyAsync("/api/statistics", s => Completed(s) >= calls, $"{calls} calls are over", 60);
}
