using System.Text.Json;
using Tandem.Server.Hosting;
using Tandem.Server.Options;
using Tandem.Server.Webhooks;

namespace Tandem.Server.Health;

public class HealthProbesTests
{
    [Fact]
    public async Task A_running_exchange_has_looked_at_its_disk_its_loops_and_its_ports()
    {
        await using var exchange = await RunningExchange.StartAsync();

        // Each part has two seconds, which a slow disk may need for itself.
        var answer = default(JsonElement);
        await Until.TrueAsync(async () =>
        {
            using var response = await exchange.Client.GetAsync("/health/detailed", TestContext.Current.CancellationToken);
            answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
            return response.IsSuccessStatusCode;
        });
        Assert.Equal(("ok", "telephony-gateway"), (answer.GetProperty("status").GetString(), answer.GetProperty("service").GetString()));
        var checks = answer.GetProperty("checks").EnumerateObject().ToDictionary(check => check.Name, check => check.Value.GetProperty("message").GetString()!);
        Assert.Equal(["database", "redis", "callManager", "disk", "sip", "media"], checks.Keys);
        Assert.Contains("loops answer", checks["sip"]);
        Assert.Matches("^[0-9]+ of [0-9]+ ports are free$", checks["media"]);
    }

    [Fact]
    public async Task A_folder_that_takes_no_file_is_an_error()
    {
        using var folder = new Folder();
        var probe = new DiskProbe(new TandemOptions { Server = new ServerOptions { DataDirectory = folder.At("missing") } });
        Assert.Equal(new HealthCheck("error", "DATA_DIR takes no files"), await probe.CheckAsync(TestContext.Current.CancellationToken));
        Assert.Equal("ok", (await new DiskProbe(new TandemOptions { Server = new ServerOptions { DataDirectory = folder.Path } }).CheckAsync(TestContext.Current.CancellationToken)).Status);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
