using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.Server.Metrics;

/// <summary>
/// A strict reader of Prometheus' text format 0.0.4: one HELP and TYPE per family and before its samples, families in one piece, names and
/// labels as the format wants them, no sample twice, histograms that rise to +Inf and agree with their count. Anything else fails the test.
/// </summary>
internal sealed partial class MetricsText
{
    private readonly Dictionary<string, string> _types = [];
    private readonly Dictionary<string, double> _samples = [];

    public MetricsText(string text)
    {
        Assert.EndsWith("\n", text);
        Assert.DoesNotContain('\r', text);
        var help = new HashSet<string>();
        string? family = null;
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var name = line.Split(' ', 4)[2];
                Assert.True(help.Add(name), $"a second HELP of {name}");
                Assert.True(line.Split(' ', 4) is [_, _, _, { Length: > 0 }], $"HELP of {name} is empty");
                family = null;
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var parts = line.Split(' ');
                Assert.Equal(4, parts.Length);
                Assert.Contains(parts[3], new[] { "counter", "gauge", "histogram", "summary", "untyped" });
                Assert.True(_types.TryAdd(parts[2], parts[3]), $"a second TYPE of {parts[2]}");
                Assert.Contains(parts[2], help);
                family = parts[2];
            }
            else
            {
                var match = Sample().Match(line);
                Assert.True(match.Success, $"not a sample: {line}");
                var name = match.Groups["name"].Value;
                Assert.True(family is not null && (name == family || (_types[family] == "histogram" && name is var n && (n == family + "_bucket" || n == family + "_sum" || n == family + "_count"))),
                    $"{name} does not stand in its family");
                Assert.True(_samples.TryAdd(match.Groups["name"].Value + match.Groups["labels"].Value, Number(match.Groups["value"].Value)), $"twice: {line}");
            }
        }

        CheckHistograms();
    }

    public IReadOnlyDictionary<string, string> Types => _types;

    public IEnumerable<string> Samples => _samples.Keys;

    /// <summary>The value of a sample: its name, and its labels as they stand.</summary>
    public double this[string sample] => _samples[sample];

    /// <summary>The names of the labels of a family, without <c>service</c> and <c>le</c>.</summary>
    public string[] Labels(string family) => [.. _samples.Keys.Where(key => key.StartsWith(family + "{", StringComparison.Ordinal) || key.StartsWith(family + "_bucket{", StringComparison.Ordinal))
        .SelectMany(key => Label().Matches(key).Select(m => m.Groups["name"].Value)).Distinct().Where(name => name is not ("service" or "le")).Order()];

    private void CheckHistograms()
    {
        foreach (var (family, type) in _types.Where(t => t.Value == "histogram"))
        {
            foreach (var series in _samples.Where(s => s.Key.StartsWith(family + "_bucket{", StringComparison.Ordinal)).GroupBy(s => LeLabel().Replace(s.Key, "")))
            {
                var bounds = series.Select(s => Number(LeLabel().Match(s.Key).Groups["le"].Value)).ToList();
                Assert.Equal(bounds.Order(), bounds);
                Assert.Equal(double.PositiveInfinity, bounds[^1]);
                Assert.Equal(series.Select(s => s.Value).Order(), series.Select(s => s.Value));
                var labels = series.Key[(family.Length + "_bucket".Length)..];
                Assert.Equal(series.Last().Value, _samples[family + "_count" + labels]);
                Assert.True(_samples.ContainsKey(family + "_sum" + labels));
            }

            Assert.Equal("histogram", type);
        }
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*")(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*")*\})? (?<value>\S+)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="([^"\\\n]|\\["\\n])*"[,}]""")]
    private static partial Regex Label();

    [GeneratedRegex(""",le="(?<le>[^"]*)"(?=\})""")]
    private static partial Regex LeLabel();
}
