using System.Globalization;
using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>sipp calls sipp through the server, with digest, 100 calls a second for a minute: none fails and nothing is left behind.</summary>
public class HundredCallsPerSecondTests
{
    private const int CallsPerSecond = 100;
    private const int Seconds = 60;

    [Fact]
    public async Task A_minute_of_100_calls_per_second_leaves_nothing_behind()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["LOG_LEVEL"] = "warn" });
        var folder = scratch.Sub("sipp");
        var callee = FreePorts.Next();
        using (var register = Sipp.Start(folder, Target(server), "-sf", Sipp.ScenarioFile("register.xml"), "-set", "number", "101",
            "-au", "101", "-ap", TandemServer.Secret, "-i", "127.0.0.1", "-p", $"{callee}", "-m", "1"))
        {
            Assert.True(await register.ExitAsync(TimeSpan.FromSeconds(20)) == 0, register.Output);
        }

        using var answering = Sipp.Start(folder, "-sf", Sipp.ScenarioFile("uas.xml"), "-i", "127.0.0.1", "-p", $"{callee}");

        // A first short run: what the process needs once (code, pools, sockets) is there before memory is compared.
        await CallAsync(server, folder, CallsPerSecond * 10, "warm");
        var before = await EmptyAsync(server);
        await CallAsync(server, folder, CallsPerSecond * Seconds, "main");
        var after = await EmptyAsync(server);

        Assert.Equal(CallsPerSecond * (Seconds + 10), after.GetProperty("calls").GetProperty("totalCalls").GetInt32());
        Assert.Equal(CallsPerSecond * (Seconds + 10), after.GetProperty("calls").GetProperty("completedCalls").GetInt32());
        var growth = Memory(after) - Memory(before);
        Assert.True(growth < 40 << 20, $"the process grew by {growth >> 20} MiB over {CallsPerSecond * Seconds} calls");
        Assert.Equal(0, after.GetProperty("faults").GetProperty("callFaults").GetInt32());
        Assert.Equal(0, after.GetProperty("faults").GetProperty("mailboxRefused").GetInt32());
    }

    private static string Target(TandemServer server) => $"127.0.0.1:{server.SipPort}";

    private static long Memory(JsonElement statistics) => statistics.GetProperty("server").GetProperty("memory").GetProperty("rss").GetInt64();

    private static async Task CallAsync(TandemServer server, string folder, int calls, string name)
    {
        var statistics = Path.Combine(folder, $"{name}.csv");
        using var caller = Sipp.Start(folder, Target(server), "-sf", Sipp.ScenarioFile("uac.xml"), "-set", "number", "100", "-s", "101",
            "-au", "100", "-ap", TandemServer.Secret, "-i", "127.0.0.1", "-p", $"{FreePorts.Next()}", "-r", $"{CallsPerSecond}",
            "-m", $"{calls}", "-d", "200", "-trace_stat", "-stf", statistics, "-fd", "1");
        var code = await caller.ExitAsync(TimeSpan.FromSeconds((calls / CallsPerSecond) + 60));
        var last = Totals(statistics);
        Assert.True(code == 0 && last.Failed == 0, $"sipp ended with code {code}, {last}:\n{caller.Output}");
        Assert.Equal(calls, last.Successful);

        // On loopback no packet is lost: a retransmission means that an answer took longer than T1 (500 ms).
        Assert.Equal(0, last.Retransmissions);
    }

    private static (int Successful, int Failed, int Retransmissions) Totals(string csv)
    {
        var lines = File.ReadAllLines(csv);
        var names = lines[0].Split(';');
        var values = lines[^1].Split(';');
        int Value(string name) => int.Parse(values[Array.IndexOf(names, name)], CultureInfo.InvariantCulture);
        return (Value("SuccessfulCall(C)"), Value("FailedCall(C)"), Value("Retransmissions(C)"));
    }

    // A transaction over UDP lingers for 64*T1 = 32 s (RFC 3261 §17, RFC 6026); after that every table is empty.
    private static Task<JsonElement> EmptyAsync(TandemServer server) => server.EventuallyAsync(
        "/api/statistics",
        s => s.GetProperty("transactions").GetProperty("total").GetInt32() == 0
            && s.GetProperty("dialogs").GetInt32() == 0
            && s.GetProperty("ports").GetProperty("inUse").GetInt32() == 0
            && s.GetProperty("ports").GetProperty("quarantine").GetInt32() == 0
            && s.GetProperty("tables").GetProperty("calls").GetInt32() == 0
            && s.GetProperty("queues").GetProperty("databaseWrites").GetInt64() == 0
            && s.GetProperty("queues").GetProperty("turns").GetInt32() == 0
            && s.GetProperty("queues").GetProperty("shards").EnumerateArray().All(q => q.GetInt32() == 0),
        "all tables are empty",
        seconds: 60);
}
