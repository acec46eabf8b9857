using System.Text.RegularExpressions;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Two exchanges on one PostgreSQL and one Redis: what a tenant may have is counted at both together.</summary>
public class LimitsOfNodesTests
{
    private const string Echo = "*43";

    [Fact]
    public async Task A_call_at_one_node_takes_the_only_place_until_it_ends_or_its_node_dies()
    {
        using var scratch = new ScratchFolder();
        using var postgres = await Postgres.StartAsync(scratch);
        using var redis = await Redis.StartAsync(scratch);
        using var first = await TandemServer.StartAsync(scratch, Settings(scratch, postgres, redis, "first"));
        await first.SendAsync(HttpMethod.Patch, "/api/v1/tenants/default", new { limits = new { calls = 1 } });
        PhoneOfAnotherNodeTests.ShareKeys(scratch);
        using var second = await TandemServer.StartAsync(scratch, Settings(scratch, postgres, redis, "second"));
        await TwoNodesTests.RedisIsAsync(first, "ok", "shared");
        await TwoNodesTests.RedisIsAsync(second, "ok", "shared");
        using var ada = await Baresip.StartAsync(scratch, new BaresipOptions("100", first));
        using var bob = await Baresip.StartAsync(scratch, new BaresipOptions("101", second));

        await TalkAsync(ada);
        await FiguresAsync(second, 1);
        Assert.Contains("503", await RefusedAsync(bob), StringComparison.Ordinal);

        await ada.HangUpAsync();
        await ada.EventAsync("CALL_CLOSED");
        await FiguresAsync(second, 0);
        await TalkAsync(bob);
        await FiguresAsync(first, 1);
        Assert.Contains("503", await RefusedAsync(ada), StringComparison.Ordinal);
        await bob.HangUpAsync();
        await bob.EventAsync("CALL_CLOSED");
        await FiguresAsync(first, 0);

        // What it told last holds for CLUSTER_USE_LIFETIME.
        await TalkAsync(ada);
        await FiguresAsync(second, 1);
        first.Process.Kill();
        Assert.Contains("503", await RefusedAsync(bob), StringComparison.Ordinal);
        await TalkAtLastAsync(bob);
    }

    // However slow the machine is, a call is refused before the last figure lapses.
    private static Dictionary<string, string> Settings(ScratchFolder scratch, Postgres postgres, Redis redis, string name) =>
        new(PhoneOfAnotherNodeTests.Settings(scratch, postgres, redis, name)) { ["CLUSTER_USE_LIFETIME"] = "15s" };

    private static async Task TalkAsync(Baresip phone)
    {
        await phone.DialAsync(Echo);
        await phone.EventAsync("CALL_ESTABLISHED");
    }

    // Refused by the limit for a while, and then not any more.
    private static async Task TalkAtLastAsync(Baresip phone)
    {
        var until = DateTime.UtcNow.AddSeconds(90);
        while (true)
        {
            await phone.DialAsync(Echo);
            var became = await phone.EventAsync(["CALL_ESTABLISHED", "CALL_CLOSED"]);
            if (became.GetProperty("type").GetString() == "CALL_ESTABLISHED")
                return;

            Assert.Contains("503", became.GetProperty("param").GetString(), StringComparison.Ordinal);
            Assert.True(DateTime.UtcNow < until, "the call of the node that died still takes the place");
            await Task.Delay(TimeSpan.FromSeconds(0.5));
        }
    }

    private static async Task<string> RefusedAsync(Baresip phone)
    {
        await phone.DialAsync(Echo);
        return (await phone.EventAsync("CALL_CLOSED")).GetProperty("param").GetString()!;
    }

    private static async Task FiguresAsync(TandemServer server, int figures)
    {
        var until = DateTime.UtcNow.AddSeconds(120);
        while (!Regex.IsMatch(await server.Http.GetStringAsync("/metrics"), $$"""^tandem_cluster_use_figures\{[^}]*\} {{figures}}$""", RegexOptions.Multiline))
        {
            Assert.True(DateTime.UtcNow < until, $"{figures} figures of the other node are not there:\n{server.Process.Output}");
            await Task.Delay(50);
        }
    }
}
