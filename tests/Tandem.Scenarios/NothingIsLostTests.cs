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
        using var server = await StartAsync(scratch, receiver, new Dictionary<string, string>
        {
            ["POSTGRES_URL"] = postgres.Url,

            // Small, so that what waits goes to the disk.
            ["DB_WRITE_QUEUE"] = "100",
        });
        var folder = scratch.Sub("sipp");
        var callee = FreePorts.Next();
        await SippLoad.RegisterAsync(server, folder, callee);
        using var answering = await SippLoad.AnswerAsync(folder, callee);
        using var calling = SippLoad.StartCalls(server, folder, Calls, CallsPerSecond);

        await CompletedAsync(server, 60);
        await postgres.KillAsync();
        await server.EventuallyAsync("/api/statistics", s => Completed(s) >= 200, "calls go on without the database", 60);
        using (var health = await server.Http.GetAsync("/health/detailed"))
        {
            Assert.Equal(503, (int)health.StatusCode);
            Assert.Contains("database", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await postgres.StartAsync();
        await SippServer.SucceedsAsync("the calls", calling, answering);

        await CountedAsync(server, receiver);
        Assert.Equal(0, (await server.GetAsync("/api/statistics")).GetProperty("faults").GetProperty("callFaults").GetInt32());
    }

    /// <summary>Redis is killed in the middle of the calls, twice: none fails, none is lost, and what nodes share is told anew.</summary>
    [Fact]
    public async Task Redis_is_killed_under_load_and_no_call_notices()
    {
        using var scratch = new ScratchFolder();
        using var redis = await Redis.StartAsync(scratch);
        using var receiver = new EventReceiver();
        using var server = await StartAsync(scratch, receiver, new Dictionary<string, string>
        {
            ["REDIS_URL"] = redis.Url,
            ["REDIS_RETRY_MAX"] = "200",
        });
        await TwoNodesTests.RedisIsAsync(server, "ok", "shared");
        var folder = scratch.Sub("sipp");
        var callee = FreePorts.Next();
        await SippLoad.RegisterAsync(server, folder, callee);
        using var answering = await SippLoad.AnswerAsync(folder, callee);
        using var calling = SippLoad.StartCalls(server, folder, Calls, CallsPerSecond);
        foreach (var completed in new[] { 60, 160 })
        {
            await CompletedAsync(server, completed);
            redis.Kill();
            await TwoNodesTests.RedisIsAsync(server, "error", "goes on alone");
            await CompletedAsync(server, completed + 40);
            await redis.StartAsync();
            await TwoNodesTests.RedisIsAsync(server, "ok", "shared");
        }

        await SippServer.SucceedsAsync("the calls", calling, answering);
        await CountedAsync(server, receiver);
        Assert.Equal(0, (await server.GetAsync("/api/statistics")).GetProperty("faults").GetProperty("callFaults").GetInt32());
    }

    /// <summary>The provider is gone in the middle of calls to outside, and comes back: whatever became of a call, it has one record and its events, and the later ones succeed.</summary>
    [Fact]
    public async Task The_provider_is_gone_under_load_and_every_call_has_one_record()
    {
        const int Outside = 40;
        using var scratch = new ScratchFolder();
        using var receiver = new EventReceiver();
        using var server = await StartAsync(scratch, receiver, new Dictionary<string, string>
        {
            ["PROFILE_RETRY_BASE"] = "1",
            ["PROFILE_RETRY_MAX"] = "2",
            ["PROFILE_FAILOVER_TIMEOUT"] = "2000",
        });
        var folder = scratch.Sub("sipp");
        var world = FreePorts.Next();
        using var provider = await KamailioProvider.StartAsync(scratch, world, "first");
        var added = await server.SendAsync(
            HttpMethod.Post, "/api/v1/profiles", new { name = "carrier", server = "127.0.0.1", port = provider.Port, userName = "ada", password = "first", countryCode = "49" }, 201);
        var profile = "/api/v1/profiles/" + added.GetProperty("data").GetProperty("id").GetString();
        await RegisteredAsync(server, profile);
        await server.SendAsync(HttpMethod.Put, "/api/v1/toll/rules", new { maxPerMinute = 1000, maxConcurrent = 100 });
        using var answering = await SippLoad.AnswerAsync(folder, world);
        using (var before = SippLoad.StartCalls(server, folder, Outside, 2, "030999999"))
        {
            await CompletedAsync(server, 10);
            provider.Stop();
            Assert.NotEqual(0, await before.ExitAsync(TimeSpan.FromSeconds(240)));
        }

        await server.EventuallyAsync("/api/calls", calls => calls.GetArrayLength() == 0, "what the provider left behind ends", 120);
        await provider.RestartAsync();
        await RegisteredAsync(server, profile);
        await SippLoad.CallAsync(server, folder, "030999999");

        // As many as there were calls, also when the last one took several attempts.
        await server.EventuallyAsync("/api/calls", active => active.GetArrayLength() == 0, "the last call is over");
        var total = (await server.GetAsync("/api/statistics")).GetProperty("calls").GetProperty("totalCalls").GetInt32();
        Assert.True(total > Outside, $"{total} calls");
        var page = await server.EventuallyAsync("/api/v1/cdrs?limit=500", page => Records(page).Count >= total, "every call has its record");
        var records = Records(page);
        Assert.Equal(records.Count, records.Select(record => record.GetProperty("id").GetString()).Distinct().Count());
        var ids = records.Select(record => record.GetProperty("id").GetString()!).ToHashSet();
        var until = DateTime.UtcNow.AddSeconds(90);
        while (!ids.SetEquals(receiver.CallsOf("call.ended")))
        {
            Assert.True(DateTime.UtcNow < until, $"{receiver.CallsOf("call.ended").Count} of {ids.Count} ends arrived");
            await Task.Delay(100);
        }

        Assert.Equal(records.Count, (await server.GetAsync("/api/statistics")).GetProperty("calls").GetProperty("totalCalls").GetInt32());
        Assert.Equal(total, records.Count);
        Assert.Equal(0, (await server.GetAsync("/api/statistics")).GetProperty("faults").GetProperty("callFaults").GetInt32());
    }

    /// <summary>The receiver is away, and the server is killed with the events in its queue: after its start they arrive.</summary>
    [Fact]
    public async Task The_server_is_killed_with_events_in_its_queue_and_they_arrive_after_its_start()
    {
        using var scratch = new ScratchFolder();
        using var receiver = new EventReceiver();
        using var server = await StartAsync(scratch, receiver, new Dictionary<string, string>
        {
            ["WEBHOOK_RETRY_MAX"] = "1",
            ["WEBHOOK_ATTEMPTS"] = "1000",
        });
        var folder = scratch.Sub("sipp");
        var callee = FreePorts.Next();
        await SippLoad.RegisterAsync(server, folder, callee);
        using var answering = await SippLoad.AnswerAsync(folder, callee);
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

    private static List<System.Text.Json.JsonElement> Records(System.Text.Json.JsonElement page) => [.. page.GetProperty("data").GetProperty("cdrs").EnumerateArray()];

    private static Task RegisteredAsync(TandemServer server, string profile) => server.EventuallyAsync(
        profile, p => p.GetProperty("data").GetProperty("state") is { ValueKind: System.Text.Json.JsonValueKind.Object } state && state.GetProperty("status").GetString() == "registered",
        "the profile is registered", 60);

    private static int Completed(System.Text.Json.JsonElement statistics) => statistics.GetProperty("calls").GetProperty("completedCalls").GetInt32();

    private static Task CompletedAsync(TandemServer server, int calls) =>
        server.EventuallyAsync("/api/statistics", s => Completed(s) >= calls, $"{calls} calls are over", 60);

    // A server whose events of calls go to the receiver.
    private static async Task<TandemServer> StartAsync(ScratchFolder scratch, EventReceiver receiver, Dictionary<string, string> settings)
    {
        settings["WEBHOOK_ALLOW_PRIVATE"] = "127.0.0.0/8";
        settings["WEBHOOK_RETRY_MIN"] = "200ms";
        settings["LOG_LEVEL"] = "warn";
        var server = await TandemServer.StartAsync(scratch, settings);
        await server.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { url = receiver.Url, eventTypes = new[] { "call.*" } }, 201);
        return server;
    }
}
