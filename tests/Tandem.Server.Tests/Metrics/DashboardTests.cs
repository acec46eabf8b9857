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

    // Labels that Prometheus adds, and the bounds of histograms.
    private static readonly string[] Added = ["instance", "job", "le"];

    // Families that tell nothing of an exchange in which nothing has happened yet, and their labels.
    private static readonly Dictionary<string, string[]> Quiet = new()
    {
        ["sip_requests_total"] = ["method", "status"],
        ["sip_request_duration_seconds"] = ["method"],
        ["tandem_tenant_calls"] = ["tenant"],
        ["tandem_tenant_refused_total"] = ["tenant", "limit"],
        ["tandem_profile_calls"] = ["tenant", "profile"],
        ["tandem_profile_full_total"] = ["tenant", "profile"],
    };

    [Fact]
    public async Task Every_name_of_the_dashboard_and_of_the_alerts_is_on_the_page()
    {
        var expressions = Expressions().ToList();
        Assert.True(expressions.Count > 40);
        await using var exchange = await StartAsync();
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

    // A label that a family has not, or a value that it never has, makes an expression that is silently empty.
    [Fact]
    public async Task Every_label_that_they_ask_for_is_one_of_its_family()
    {
        await using var exchange = await StartAsync();

        // The page tells of its own requests, and of the registration of a phone, only once there were some.
        await exchange.GetAsync("/health");
        var known = new MetricsText(await exchange.GetAsync("/metrics"));
        foreach (var expression in Expressions())
        {
            var asked = Selector().Matches(expression).Where(m => m.Groups["name"].Value != "up").ToList();
            foreach (var selector in asked)
            {
                var name = selector.Groups["name"].Value;
                var family = known.Types.ContainsKey(name) ? name : Suffix().Replace(name, "");
                var labels = LabelsOf(known, family);
                foreach (Match matcher in Matcher().Matches(selector.Groups["labels"].Value))
                {
                    var (label, value) = (matcher.Groups["label"].Value, matcher.Groups["value"].Value);
                    Assert.True(Added.Contains(label) || labels.Contains(label), $"{family} has no label {label}: {expression}");
                    if (!Added.Contains(label) && matcher.Groups["how"].Value == "=" && !Quiet.ContainsKey(family))
                        Assert.True(known.Samples.Any(sample => sample.StartsWith(family, StringComparison.Ordinal) && sample.Contains($"{label}=\"{value}\"", StringComparison.Ordinal)), $"{family} has no {label} {value}: {expression}");
                }
            }

            var all = asked.Select(m => m.Groups["name"].Value).Concat(Name().Matches(expression).Select(m => m.Value))
                .SelectMany(name => LabelsOf(known, known.Types.ContainsKey(name) ? name : Suffix().Replace(name, ""))).Concat(Added).ToHashSet();
            foreach (Match grouping in Grouping().Matches(expression))
            {
                foreach (var label in grouping.Value[4..^1].Split(',', StringSplitOptions.TrimEntries))
                    Assert.True(all.Contains(label), $"by ({label}) in {expression}");
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

    // With everything that tells numbers only where it is used.
    private static Task<RunningExchange> StartAsync() => RunningExchange.StartAsync(options => options with
    {
        Metrics = options.Metrics with { OtlpEndpoint = "http://127.0.0.1:9", HepServer = "127.0.0.1:9" },
    });

    private static string[] LabelsOf(MetricsText known, string family) => Quiet.GetValueOrDefault(family) ?? known.Labels(family);

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

    [GeneratedRegex(@"(?<name>[a-z_][a-z0-9_]*)\{(?<labels>[^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex("""(?<label>[a-z_]+)(?<how>=~|=|!=|!~)"(?<value>[^"]*)["]""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"[a-zA-Z_][a-zA-Z0-9_]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"_(bucket|count|sum)$")]
    private static partial Regex Suffix();
}
