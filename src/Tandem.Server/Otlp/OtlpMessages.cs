using System.Buffers.Binary;
using Tandem.Server.Cli;
using Tandem.Server.Metrics;
using Tandem.Server.Options;

namespace Tandem.Server.Otlp;

/// <summary>
/// The requests of OTLP 1.x in Protocol Buffers: <c>ExportTraceServiceRequest</c> and <c>ExportMetricsServiceRequest</c>. Field numbers are those of
/// opentelemetry-proto; they never change.
/// </summary>
internal static class OtlpMessages
{
    private const int Cumulative = 2;
    private const int StatusError = 2;
    private const int StatusOk = 1;

    /// <summary>The body for <c>/v1/traces</c>.</summary>
    public static byte[] Traces(MetricsOptions options, IEnumerable<OtlpSpan> spans) => new ProtoWriter().Message(1, resource =>
    {
        resource.Message(1, r => Resource(r, options));
        resource.Message(2, scope =>
        {
            scope.Message(1, Scope);
            foreach (var span in spans)
                scope.Message(2, s => Span(s, span));
        });
    }).ToArray();

    /// <summary>The body for <c>/v1/metrics</c>.</summary>
    public static byte[] Metrics(MetricsOptions options, IEnumerable<MetricFamily> families, DateTimeOffset started, DateTimeOffset now) => new ProtoWriter().Message(1, resource =>
    {
        resource.Message(1, r => Resource(r, options));
        resource.Message(2, scope =>
        {
            scope.Message(1, Scope);
            foreach (var family in families)
                scope.Message(2, m => Metric(m, family, Nanos(started), Nanos(now)));
        });
    }).ToArray();

    private static void Resource(ProtoWriter resource, MetricsOptions options)
    {
        resource.Message(1, a => Attribute(a, "service.name", options.OtlpService));
        resource.Message(1, a => Attribute(a, "service.version", options.OtlpServiceVersion.Length > 0 ? options.OtlpServiceVersion : VersionCommand.Version));
        resource.Message(1, a => Attribute(a, "host.name", Environment.MachineName));
    }

    private static void Scope(ProtoWriter scope) => scope.Text(1, "tandem").Text(2, VersionCommand.Version);

    private static void Span(ProtoWriter message, OtlpSpan span)
    {
        Span<byte> id = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(id, span.SpanId);
        message.Bytes(1, Convert.FromHexString(span.TraceId)).Bytes(2, id);
        if (span.Parent != 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(id, span.Parent);
            message.Bytes(4, id);
        }

        message.Text(5, span.Name).Int(6, (int)span.Kind).Fixed(7, Nanos(span.Start)).Fixed(8, Nanos(span.End < span.Start ? span.Start : span.End));
        foreach (var (name, value) in span.Attributes)
            message.Message(9, a => Attribute(a, name, value));
        message.Message(15, status => status.Int(3, span.IsError ? StatusError : StatusOk));
    }

    private static void Metric(ProtoWriter metric, MetricFamily family, ulong started, ulong now)
    {
        metric.Text(1, family.Name).Text(2, family.Help);
        if (family.Type == "histogram")
        {
            metric.Message(9, histogram =>
            {
                foreach (var sample in family.Samples)
                    histogram.Message(1, point => HistogramPoint(point, sample, started, now));
                histogram.Int(2, Cumulative);
            });
            return;
        }

        var isSum = family.Type == "counter";
        metric.Message(isSum ? 7 : 5, data =>
        {
            foreach (var sample in family.Samples)
            {
                data.Message(1, point =>
                {
                    Labels(point, 7, sample);
                    point.Fixed(2, started).Fixed(3, now).Number(4, sample.Value);
                });
            }

            if (isSum)
                data.Int(2, Cumulative).Int(3, 1);
        });
    }

    private static void HistogramPoint(ProtoWriter point, MetricSample sample, ulong started, ulong now)
    {
        var histogram = sample.Histogram!;
        var counts = Enumerable.Range(0, histogram.Bounds.Count + 1).Select(bucket => (ulong)histogram.Count(bucket)).ToList();
        ulong total = 0;
        foreach (var count in counts)
            total += count;
        point.Fixed(2, started).Fixed(3, now).Fixed(4, total).Number(5, histogram.Sum)
            .Packed(6, counts).Packed(7, histogram.Bounds.Select(BitConverter.DoubleToUInt64Bits));
        Labels(point, 9, sample);
    }

    private static void Labels(ProtoWriter point, int field, MetricSample sample)
    {
        foreach (var (name, value) in sample.Labels)
            point.Message(field, a => Attribute(a, name, value));
    }

    private static void Attribute(ProtoWriter attribute, string name, object value) => attribute.Text(1, name).Message(2, any =>
    {
        _ = value switch
        {
            long number => any.Int(3, number),
            double number => any.Number(4, number),
            _ => any.Text(1, value.ToString() ?? ""),
        };
    });

    private static ulong Nanos(DateTimeOffset time) => (ulong)(time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick;
}
