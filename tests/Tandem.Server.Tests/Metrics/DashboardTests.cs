using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tandem.Server.Hosting;

namespace Tandem.Server.Metrics;

/// <summary>What is in deploy/grafana and deploy/prometheus asks for numbers that there are.</summary>
public partial class DashboardTests
{
    private static readonly string[] Functions =
        ["sum", "rate", "by", "histogram_quantile", "topk", "max", "min", "increase", "and", "or", "on", "label_values", "up"];

    [Fact]
    public async Task Every_name_of_the_dashboard_and_of_the_alerts_is_on_the_page()
    {
        var expressions = Expressions().ToList();
        Assert.True(expressions.Count > 40);
        await using var exchange = await RunningExchange.StartAsync();
        var known = new MetricsText(await exchange.GetAsync("/metrics"));
        foreach (var expression in expressions)
        {
            // What is in strings, label lists and ranges is no name.
            var bare = Range().Replace(Braces().Replace(Grouping().Replace(expression, " "), ""), "");
            foreach (Match name in Name().Matches(bare))
            {
                if (Functions.Contains(name.Value))
                    continue;

                var family = Suffix().Replace(name.Value, "");
                Assert.True(known.Types.ContainsKey(name.Value) || known.Types.GetValueOrDefault(family) == "histogram", $"{name.Value} in {expression}");
                var isHistogram = known.Types.GetValueOrDefault(family) == "histogram";
                Assert.True(isHistogram || !expression.Contains($"histogram_quantile({name.Value}", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void The_dashboard_is_one_that_grafana_takes()
    {
        var dashboard = JsonDocument.Parse(File.ReadAllText(Deploy("grafana", "tandem.json"))).RootElement;
        Assert.Equal("Tandem", dashboard.GetProperty("title").GetString());
        var panels = dashboard.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()));
    }

    [Fact]
    public void Every_alert_says_what_is_wrong_and_how_bad_it_is()
    {
        var alerts = File.ReadAllText(Deploy("prometheus", "alerts.yml")).Split("      - alert: ").Skip(1).ToList();
        Assert.True(alerts.Count >= 10);
        Assert.All(alerts, alert => Assert.Matches(@"(?s)^\w+\n        expr: .+\n.*        labels: \{severity: (warning|critical)\}\n        annotations:\n          summary: .+\n          description: .+", alert));
    }

    private static IEnumerable<string> Expressions()
    {
        foreach (var panel in JsonDocument.Parse(File.ReadAllText(Deploy("grafana", "tandem.json"))).RootElement.GetProperty("panels").EnumerateArray())
        {
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
                yield return target.GetProperty("expr").GetString()!;
        }

        foreach (var line in File.ReadLines(Deploy("prometheus", "alerts.yml")))
        {
            if (line.TrimStart().StartsWith("expr: ", StringComparison.Ordinal))
                yield return line.Trim()["expr: ".Length..];
        }
    }

    private static string Deploy(string folder, string file, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "deploy", folder, file));

    [GeneratedRegex(@"by \([a-z_, ]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"[a-zA-Z_][a-zA-Z0-9_]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"_(bucket|count|sum)$")]
    private static partial Regex Suffix();
}
