using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Two exchanges that share a Redis: whoever registered at one is called through the other.</summary>
public class TwoNodesTests
{
    [Fact]
    public async Task A_phone_at_one_node_is_called_through_the_other_also_while_Redis_is_away()
    {
        using var scratch = new ScratchFolder();
        using var redis = await Redis.StartAsync(scratch);
        using var first = await TandemServer.StartAsync(scratch, Settings(scratch, redis, "first"));
        using var second = await TandemServer.StartAsync(scratch, Settings(scratch, redis, "second"));
        await RedisIsAsync(first, "ok", "shared");
        await RedisIsAsync(second, "ok", "shared");

        var folder = scratch.Sub("sipp");
        var phone = FreePorts.Next();
        await SippLoad.RegisterAsync(first, folder, phone);
        await RedisIsAsync(second, "ok", "1 registrations at others");
        using var answering = await SippLoad.AnswerAsync(folder, phone);
        await SippLoad.CallAsync(second, folder);

        // The second node keeps what it knows, and says that it is alone.
        redis.Kill();
        await RedisIsAsync(second, "error", "goes on alone");
        await SippLoad.CallAsync(second, folder);

        // A node that begins while Redis is away learns of the phone when it is back.
        second.Process.Kill();
        await second.RestartAsync();
        await RedisIsAsync(second, "error", "goes on alone");
        await redis.StartAsync();
        await RedisIsAsync(second, "ok", "1 registrations at others");
        await SippLoad.CallAsync(second, folder);
        Assert.Equal(0, (await first.GetAsync("/api/statistics")).GetProperty("calls").GetProperty("totalCalls").GetInt32());
    }

    // Requests of one address are counted at both together, while Redis is there.
    [Fact]
    public async Task The_limit_of_requests_is_one_for_both_nodes()
    {
        using var scratch = new ScratchFolder();
        using var redis = await Redis.StartAsync(scratch);

        // However slow the machine is, a request waits until it is counted with the others.
        var limit = new Dictionary<string, string> { ["RATE_LIMIT_MAX"] = "5", ["RATE_LIMIT_WINDOW"] = "86400000", ["RATE_LIMIT_WAIT"] = "10s" };
        using var first = await TandemServer.StartAsync(scratch, new Dictionary<string, string>(Settings(scratch, redis, "first").Concat(limit)));
        using var second = await TandemServer.StartAsync(scratch, new Dictionary<string, string>(Settings(scratch, redis, "second").Concat(limit)));
        await RedisIsAsync(first, "ok", "shared");
        await RedisIsAsync(second, "ok", "shared");
        var left = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            using var answer = await (i % 2 == 0 ? first : second).Http.GetAsync("/api/calls");
            left.Add($"{(int)answer.StatusCode} {answer.Headers.GetValues("RateLimit-Remaining").Single()}");
        }

        Assert.Equal(["200 4", "200 3", "200 2", "200 1", "200 0", "429 0"], left);
        redis.Kill();
        await RedisIsAsync(second, "error", "goes on alone");
        using var alone = await second.Http.GetAsync("/api/calls");
        Assert.Equal("200 1", $"{(int)alone.StatusCode} {alone.Headers.GetValues("RateLimit-Remaining").Single()}");
    }

    // Who guesses at both in turn has no more guesses than at one; a new PIN, set at either, opens the mailbox at both.
    [Fact]
    public async Task A_wrong_PIN_at_one_node_locks_the_mailbox_at_the_other_too()
    {
        const string Box = "/api/v1/mailboxes/104/voicemail";
        using var scratch = new ScratchFolder();
        using var redis = await Redis.StartAsync(scratch);
        using var first = await TandemServer.StartAsync(scratch, new Dictionary<string, string>(Settings(scratch, redis, "first")) { ["VOICEMAIL_MAX_WRONG_PINS"] = "1" });
        using var second = await TandemServer.StartAsync(scratch, new Dictionary<string, string>(Settings(scratch, redis, "second")) { ["VOICEMAIL_MAX_WRONG_PINS"] = "1" });
        await RedisIsAsync(first, "ok", "shared");
        await RedisIsAsync(second, "ok", "shared");
        await first.SendAsync(HttpMethod.Put, Box + "/pin", new { pin = "2468" });
        Assert.False(IsLocked(await second.GetAsync(Box)));
        using var ada = await Baresip.StartAsync(scratch, new BaresipOptions("100", first));
        await ada.DialAsync("*98104");
        await ada.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await ada.TypeAsync("1357#");
        await second.EventuallyAsync(Box, IsLocked, "the other node has locked it");
        Assert.True(IsLocked(await first.GetAsync(Box)));

        await second.SendAsync(HttpMethod.Put, Box + "/pin", new { pin = "1470" });
        await first.EventuallyAsync(Box, box => !IsLocked(box), "it is open again at both");
        Assert.False(IsLocked(await second.GetAsync(Box)));

        static bool IsLocked(JsonElement box) => box.GetProperty("data").GetProperty("locked").GetBoolean();
    }

    private static Dictionary<string, string> Settings(ScratchFolder scratch, Redis redis, string name) => new()
    {
        ["REDIS_URL"] = redis.Url,
        ["DATA_DIR"] = Path.Combine(scratch.Sub(name), "data"),
        ["LOG_FILE"] = Path.Combine(scratch.Sub(name), "tandem.log"),
        ["REDIS_RETRY_MAX"] = "200",
    };

    internal static async Task RedisIsAsync(TandemServer server, string status, string message)
    {
        var until = DateTime.UtcNow.AddSeconds(120);
        while (true)
        {
            using var answer = await server.Http.GetAsync("/health/detailed");
            var text = await answer.Content.ReadAsStringAsync();
            var redis = JsonDocument.Parse(text).RootElement.GetProperty("checks").GetProperty("redis");
            if (redis.GetProperty("status").GetString() == status && redis.GetProperty("message").GetString()!.Contains(message, StringComparison.Ordinal))
                return;

            Assert.True(DateTime.UtcNow < until, $"the check of Redis is not '{status}: {message}': {text}\n{server.Process.Output}");
            await Task.Delay(50);
        }
    }
}
