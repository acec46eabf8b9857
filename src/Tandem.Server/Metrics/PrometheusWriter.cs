using System.Globalization;
using System.Text;

namespace Tandem.Server.Metrics;

/// <summary>
/// Writes the text format of Prometheus, version 0.0.4: for each family one HELP and one TYPE line, then its samples. Every sample has the
/// label <c>service</c>, as document 3 has it.
/// </summary>
public sealed class PrometheusWriter
{
    /// <summary>The media type of the format.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The value of the label that every sample has.</summary>
    public const string Service = "telephony-gateway";

    private readonly StringBuilder _text = new(32 << 10);
    private readonly HashSet<string> _families = new(StringComparer.Ordinal);
    private readonly List<MetricFamily> _told = [];
    private string _family = "";

    /// <summary>What was written, for who sends it in another form.</summary>
    public IReadOnlyList<MetricFamily> Families => _told;

    /// <summary>Begins a family. Its samples follow before the next one begins.</summary>
    /// <exception cref="InvalidOperationException">It was there before: the format allows each once.</exception>
    public PrometheusWriter Family(string name, string type, string help)
    {
        if (!_families.Add(name))
            throw new InvalidOperationException($"the family {name} is written twice");

        _family = name;
        _told.Add(new MetricFamily(name, type, help, []));
        _text.Append("# HELP ").Append(name).Append(' ');
        Escape(help, isLabel: false);
        _text.Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>A family of one counter without further labels.</summary>
    public void Counter(string name, string help, double value) => Family(name, "counter", help).Sample(value);

    /// <summary>A family of one gauge without further labels.</summary>
    public void Gauge(string name, string help, double value) => Family(name, "gauge", help).Sample(value);

    /// <summary>A sample of the family that was begun last.</summary>
    public PrometheusWriter Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _told[^1].Samples.Add(new MetricSample([.. labels], value, null));
        Line("", value, labels, null);
        return this;
    }

    /// <summary>The samples of a histogram in the family that was begun last.</summary>
    public PrometheusWriter Sample(Histogram histogram, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var counts = histogram.Read(out var sum);
        return Sample(new HistogramSum(histogram.Bounds, bucket => counts[bucket], sum), labels);
    }

    /// <inheritdoc cref="Sample(Histogram, ReadOnlySpan{ValueTuple{string, string}})"/>
    public PrometheusWriter Sample(HistogramSum histogram, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _told[^1].Samples.Add(new MetricSample([.. labels], 0, histogram));
        long total = 0;
        for (var bucket = 0; bucket <= histogram.Bounds.Count; bucket++)
        {
            total += histogram.Count(bucket);
            Line("_bucket", total, labels, bucket < histogram.Bounds.Count ? Number(histogram.Bounds[bucket]) : "+Inf");
        }

        Line("_sum", histogram.Sum, labels, null);
        Line("_count", total, labels, null);
        return this;
    }

    public override string ToString() => _text.ToString();

    private void Line(string suffix, double value, ReadOnlySpan<(string Name, string Value)> labels, string? le)
    {
        _text.Append(_family).Append(suffix).Append("{service=\"").Append(Service).Append('"');
        foreach (var (name, text) in labels)
        {
            _text.Append(',').Append(name).Append("=\"");
            Escape(text, isLabel: true);
            _text.Append('"');
        }

        if (le is not null)
            _text.Append(",le=\"").Append(le).Append('"');
        _text.Append("} ").Append(Number(value)).Append('\n');
    }

    private void Escape(string text, bool isLabel)
    {
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '"' when isLabel => _text.Append("\\\""),
                _ => _text.Append(c),
            };
        }
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
