using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Two exchanges on one PostgreSQL and one Redis: a phone whose connection one of them has is called through the other.</summary>
public class PhoneOfAnotherNodeTests
{
    [Fact]
    public async Task A_phone_on_a_connection_of_one_node_talks_through_the_other_and_each_keeps_its_own_registrations()
    {
        using var scratch = new ScratchFolder();
        using var postgres = await Postgres.StartAsync(scratch);
        using var redis = await Redis.StartAsync(scratch);
        using var first = await TandemServer.StartAsync(scratch, Settings(scratch, postgres, redis, "first"));
        ShareKeys(scratch);
        using var second = await TandemServer.StartAsync(scratch, Settings(scratch, postgres, redis, "second"));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", first) { Transport = "tcp", ToneHertz = 700 });
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", second) { ToneHertz = 1000 });
        await TwoNodesTests.RedisIsAsync(second, "ok", "1 registrations at others");

        await TalkAsync(caller, callee);

        // In the dialog of a call both ways: the callee holds, resumes and hangs up, and each of these goes through the node of its connection.
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await callee.EventAsync("CALL_ESTABLISHED");
        await callee.HoldAsync();
        await second.EventuallyAsync("/api/calls", calls => calls[0].GetProperty("heldByCallee").GetBoolean(), "the callee holds");
        await callee.ResumeAsync();
        await second.EventuallyAsync("/api/calls", calls => !calls[0].GetProperty("heldByCallee").GetBoolean(), "the callee talks again");
        await callee.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED");
        Assert.Equal(0, (await first.GetAsync("/api/statistics")).GetProperty("calls").GetProperty("totalCalls").GetInt32());

        var passed = await first.Http.GetStringAsync("/metrics");
        Assert.Matches("""tandem_edge_messages_total\{[^}]*kind="request_to_phone"\} [1-9]""", passed);
        Assert.Matches("""tandem_edge_messages_total\{[^}]*kind="request_to_node"\} [1-9]""", passed);

        // A node that starts again takes its own registrations from the database, and not those of the other.
        second.Process.Kill();
        await second.RestartAsync();
        await TwoNodesTests.RedisIsAsync(second, "ok", "1 registrations at others");
        var users = await second.EventuallyAsync("/api/users", all => all.GetArrayLength() > 0, "the registrations of before are there");
        Assert.Equal("100", Assert.Single(users.EnumerateArray()).GetProperty("number").GetString());
        await TalkAsync(caller, callee);
    }

    private static async Task TalkAsync(Baresip caller, Baresip callee)
    {
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await callee.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");
        foreach (var (phone, hertz) in new[] { (caller, 700.0), (callee, 1000.0) })
        {
            var heard = phone.Heard(hertz);
            Assert.InRange(heard.Hertz, hertz - 1, hertz + 1);
            Assert.True(heard.Heard > TimeSpan.FromSeconds(2), $"{phone.Options.Number} heard only {heard}");
        }
    }

    // Nodes on one database have the same keys, and each a name of its own.
    internal static void ShareKeys(ScratchFolder scratch)
    {
        var keys = Directory.CreateDirectory(Path.Combine(scratch.Sub("second"), "data", "keys"));
        foreach (var key in Directory.GetFiles(Path.Combine(scratch.Sub("first"), "data", "keys")))
            File.Copy(key, Path.Combine(keys.FullName, Path.GetFileName(key)));
    }

    internal static Dictionary<string, string> Settings(ScratchFolder scratch, Postgres postgres, Redis redis, string name) => new()
    {
        ["POSTGRES_URL"] = postgres.Url,
        ["REDIS_URL"] = redis.Url,
        ["CLUSTER_SECRET"] = "a secret of the nodes alone",
        ["DATA_DIR"] = Path.Combine(scratch.Sub(name), "data"),
        ["LOG_FILE"] = Path.Combine(scratch.Sub(name), "tandem.log"),
    };
}
