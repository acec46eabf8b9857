namespace Tandem.Testing.Otlp;

/// <summary>A point of a metric as a collector reads it (opentelemetry-proto, metrics/v1).</summary>
/// <param name="Kind"><c>gauge</c>, <c>sum</c> or <c>histogram</c>.</param>
/// <param name="Labels">Its attributes.</param>
/// <param name="Value">The number; of a histogram how many were seen.</param>
/// <param name="Message">The whole point.</param>
public sealed record ReceivedMetric(string Name, string Kind, IReadOnlyDictionary<string, object> Labels, double Value, ProtoFields Message)
{
    /// <summary>The points of an <c>ExportMetricsServiceRequest</c>.</summary>
    public static IReadOnlyList<ReceivedMetric> Read(byte[] request) =>
        [.. new ProtoFields(request).Message(1).Messages(2).SelectMany(scope => scope.Messages(2)).SelectMany(Of)];

    private static IEnumerable<ReceivedMetric> Of(ProtoFields metric)
    {
        var (field, kind) = metric.Has(5) ? (5, "gauge") : metric.Has(7) ? (7, "sum") : (9, "histogram");
        return metric.Message(field).Messages(1).Select(point => kind == "histogram"
            ? new ReceivedMetric(metric.Text(1), kind, ReceivedSpan.Pairs(point, 9), point.Number(4), point)
            : new ReceivedMetric(metric.Text(1), kind, ReceivedSpan.Pairs(point, 7), point.Double(4), point));
    }
}
