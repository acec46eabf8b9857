using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Server.Hosting;
using Tandem.Server.Options;

namespace Tandem.Server.Rest;

/// <summary>The pages over the whole exchange, as `tandem serve` composes it.</summary>
public sealed class ExchangeViewTests
{
    [Fact]
    public async Task Every_page_answers_over_the_running_exchange()
    {
        using var folder = new Folder();
        var options = OptionsOf(folder);
        await using var host = await ExchangeHost.StartAsync(options, new Serilog.LoggerConfiguration().CreateLogger(), TimeProvider.System, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Report.HttpPort}") };

        foreach (var path in new[] { "/api/users", "/api/calls", "/api/calls/history", "/api/rtp-streams" })
            Assert.Equal("[]", await client.GetStringAsync(path, TestContext.Current.CancellationToken));

        var statistics = await client.GetFromJsonAsync<JsonElement>("/api/statistics", TestContext.Current.CancellationToken);
        Assert.Equal(0, statistics.GetProperty("transactions").GetProperty("total").GetInt32());
        Assert.Equal(options.Server.EffectiveSipShards, statistics.GetProperty("queues").GetProperty("shards").GetArrayLength());
        Assert.Equal(11, statistics.GetProperty("tables").GetProperty("extensions").GetInt32());
        Assert.Equal("ready", (await client.GetFromJsonAsync<JsonElement>("/health/ready", TestContext.Current.CancellationToken)).GetProperty("status").GetString());

        using var cleared = await client.PostAsync("/api/admin/clear-calls", null, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)cleared.StatusCode);
        using var removed = await client.DeleteAsync("/api/users/100", TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)removed.StatusCode);
    }

    private static TandemOptions OptionsOf(Folder folder)
    {
        var environment = new Dictionary<string, string>
        {
            ["DATA_DIR"] = folder.At("data"),
            ["LOG_FILE"] = folder.At("log.json"),
            ["SIP_HOST"] = "127.0.0.1",
            ["SIP_PORT"] = "0",
            ["API_HOST"] = "127.0.0.1",
            ["API_PORT"] = "0",
            ["RTP_HOST"] = "127.0.0.1",
            ["RTP_PORT"] = "24200",
            ["RTP_PORT_MAX"] = "24299",
        };
        var loaded = OptionsLoader.Load(new OptionsSources(folder.Path, environment, []));
        Assert.Empty(loaded.Errors);
        return loaded.Options;
    }
}
