using System.Globalization;
using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>sipp calls sipp through the server, with digest, 100 calls a second for a minute: none fails and nothing is left behind.</summary>
public class HundredCallsPerSecondTests
{
    private const int CallsPerSecond = 100;
    private const int Seconds = 60;
    private const int WarmSeconds = 40;

    [Fact]
    public async Task A_minute_of_100_calls_per_second_leaves_nothing_behind()
    {
        using var scratch = new ScratchFolder();

        // The traces of ended calls are kept in a bounded memory, which the first run has to fill: what grows after it is a leak.
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["LOG_LEVEL"] = "warn", ["CALL_TRACE_MEMORY"] = "8m" }, ports: 4_000);
        var folder = scratch.Sub("sipp");
        var callee = FreePorts.Next();
        await SippLoad.RegisterAsync(server, folder, callee);
        using var answering = await SippLoad.AnswerAsync(folder, callee);

        // A first run, longer than the 32 s for which transactions linger: what the process needs at this rate (code, pools,
        // a heap for what lingers) is there before memory is compared.
        await CallAsync(server, folder, CallsPerSecond * WarmSeconds, "warm");
        var before = await EmptyAsync(server);
        var (successful, failed, retransmissions, output) = await CallAsync(server, folder, CallsPerSecond * Seconds, "main");
        var after = await EmptyAsync(server);

        Assert.True(failed == 0, $"{failed} calls failed; sipp says:\n{output}");
        Assert.Equal(CallsPerSecond * Seconds, successful);

        // On loopback no packet is lost: a retransmission means that an answer took longer than T1 (500 ms).
        Assert.Equal(0, retransmissions);
        Assert.Equal(CallsPerSecond * Seconds, Calls(after, "totalCalls") - Calls(before, "totalCalls"));
        Assert.Equal(CallsPerSecond * Seconds, Calls(after, "answeredCalls") - Calls(before, "answeredCalls"));
        Assert.Equal(CallsPerSecond * Seconds, Calls(after, "completedCalls") - Calls(before, "completedCalls"));
        var growth = Memory(after) - Memory(before);
        Assert.True(growth < 40 << 20, $"the process grew by {growth >> 20} MiB over {CallsPerSecond * Seconds} calls");
        Assert.Equal(0, after.GetProperty("faults").GetProperty("callFaults").GetInt32());
        Assert.Equal(0, after.GetProperty("faults").GetProperty("mailboxRefused").GetInt32());
    }

    private static string Target(TandemServer server) => $"127.0.0.1:{server.SipPort}";

    private static long Memory(JsonElement statistics) => statistics.GetProperty("server").GetProperty("memory").GetProperty("rss").GetInt64();

    private static int Calls(JsonElement statistics, string name) => statistics.GetProperty("calls").GetProperty(name).GetInt32();

    private static async Task<(int Successful, int Failed, int Retransmissions, string Output)> CallAsync(TandemServer server, string folder, int calls, string name)
    {
        var statistics = Path.Combine(folder, $"{name}.csv");
        using var caller = Sipp.Start(folder, Target(server), "-sf", Sipp.ScenarioFile("uac.xml"), "-set", "number", "100", "-s", "101",
            "-au", "100", "-ap", TandemServer.Secret, "-i", "127.0.0.1", "-p", $"{FreePorts.Next()}", "-r", $"{CallsPerSecond}",
            "-m", $"{calls}", "-d", "200", "-trace_stat", "-stf", statistics, "-fd", "1");
        await caller.ExitAsync(TimeSpan.FromSeconds((calls / CallsPerSecond) + 120));
        var totals = Totals(statistics);
        return (totals.Successful, totals.Failed, totals.Retransmissions, caller.Output);
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
        seconds: 120);
}
