using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Tandem.Server.Hosting;

namespace Tandem.Server.Metrics;

/// <summary>Prometheus' own tool takes the files of deploy/prometheus and the page, and each alert fires when it should and is quiet when it should.</summary>
public partial class PrometheusRulesTests
{
    [Theory]
    [InlineData("check", "rules", "alerts.yml")]
    [InlineData("test", "rules", "alerts_test.yml")]
    [InlineData("check", "config", "--syntax-only", "scrape.yml")]
    public async Task Promtool_takes_it(params string[] arguments)
    {
        var (code, output) = await PromtoolAsync(arguments, "");
        Assert.True(code == 0, output);
    }

    [Fact]
    public void Each_alert_is_made_to_fire_and_to_be_quiet()
    {
        var alerts = AlertName().Matches(File.ReadAllText(Path.Combine(Folder(), "alerts.yml"))).Select(m => m.Groups[1].Value).ToList();
        var cases = File.ReadAllText(Path.Combine(Folder(), "alerts_test.yml")).Split("\n  - name: ").Skip(1).ToList();
        Assert.True(alerts.Count > 15);
        Assert.Equal(alerts.Count * 2, cases.Count);
        foreach (var alert in alerts)
        {
            Assert.Contains("exp_alerts:", Assert.Single(cases, c => c.StartsWith($"{alert} fires\n", StringComparison.Ordinal)), StringComparison.Ordinal);
            var quiet = Assert.Single(cases, c => c.StartsWith($"{alert} is quiet\n", StringComparison.Ordinal));
            Assert.Contains($"alertname: {alert}\n", quiet, StringComparison.Ordinal);
            Assert.DoesNotContain("exp_alerts:", quiet, StringComparison.Ordinal);
        }
    }

    // Its one advice is that a label "quantile" belongs to summaries; these two are gauges of the last minute.
    [Fact]
    public async Task Promtool_reads_the_page()
    {
        await using var exchange = await RunningExchange.StartAsync();
        await exchange.GetAsync("/health");
        var (_, output) = await PromtoolAsync(["check", "metrics"], await exchange.GetAsync("/metrics"));
        var advice = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(advice, line => Assert.Matches("^(tandem_gc_pause_seconds|tandem_media_tick_lateness_seconds) .*quantile", line));
    }

    private static async Task<(int Code, string Output)> PromtoolAsync(string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            WorkingDirectory = Folder(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "deploy", "prometheus"));

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();
}
