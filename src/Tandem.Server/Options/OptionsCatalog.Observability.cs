using Tandem.Server.Options.Kinds;
using Tandem.Server.Otlp;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Observability = "Observability";

    private static readonly WordKind OtlpProtocols = new(("auto", OtlpProtocol.ByPort), ("grpc", OtlpProtocol.Grpc), ("http/protobuf", OtlpProtocol.Http));

    private static bool IsCollector(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static bool IsHostPort(string text) =>
        text.LastIndexOf(':') is var colon and > 0 && int.TryParse(text.AsSpan(colon + 1), out var port) && port is > 0 and < 65_536;

    private static void AddObservability(List<Setting> list)
    {
        list.Add(Observability, "CALL_TRACE", o => o.Traces.IsOn, SwitchKind.Instance,
            "Whether the SIP messages, decisions and media reports of each call are kept in memory for `GET /api/v1/calls/{id}/trace`. Secrets in them are hidden.", main: true);
        list.Add(Observability, "CALL_TRACE_KEEP", o => o.Traces.Keep, Seconds(0, 86_400), "How long the trace of an ended call is kept.");
        list.Add(Observability, "CALL_TRACE_MAX_CALLS", o => o.Traces.MaxCalls, Count(1, 1_000_000, "calls"), "Traces kept; the oldest of an ended call goes first.");
        list.Add(Observability, "CALL_TRACE_MAX_CALL", o => o.Traces.BytesPerCall, new SizeKind(4 << 10, 16 << 20), "Bytes kept of one call; a plain call has about 10 KB. What comes beyond is counted and not kept.");
        list.Add(Observability, "CALL_TRACE_MEMORY", o => o.Traces.TotalBytes, new SizeKind(1 << 20, 16L << 30), "Bytes kept of all calls; the oldest of an ended call goes first.");
        list.Add(Observability, "CALL_TRACE_MEDIA_INTERVAL", o => o.Traces.MediaInterval, Seconds(1, 3_600), "Between two media reports of a call that has just been answered; they grow rarer as it grows older.");
        list.Add(Observability, "METRICS_OPEN", o => o.Metrics.Open, PrefixListKind.Instance, "Networks that may read /metrics without a token, besides this machine itself. The page names tenants and tells how busy one is.", main: true);
        list.Add(Observability, "HEP_SERVER", o => o.Metrics.HepServer, new TextKind("host:port", IsHostPort), "Where HEP3 packets go by UDP (Homer): all SIP messages with their secrets hidden, and reports of media.", main: true, defaultText: "nowhere");
        list.Add(Observability, "HEP_CAPTURE_ID", o => o.Metrics.HepCaptureId, Count(0, uint.MaxValue), "The number of this exchange among those that send to the same server.");
        list.Add(Observability, "HEP_PASSWORD", o => o.Metrics.HepPassword, new TextKind("1 to 128 characters", maxLength: 128), "What the HEP server wants to see as a proof.", defaultText: "none");
        list.Add(Observability, "HEP_QUEUE", o => o.Metrics.HepQueue, Count(16, 1_000_000, "packets"), "HEP packets that may wait; more are dropped and counted. A call never waits for them.");
        list.Add(Observability, "OTEL_EXPORTER_OTLP_ENDPOINT", o => o.Metrics.OtlpEndpoint, new TextKind("http://host:port or https://host:port", IsCollector), "Where traces and metrics go by OTLP: the base address of a collector.", main: true, defaultText: "nowhere");
        list.Add(Observability, "OTEL_EXPORTER_OTLP_PROTOCOL", o => o.Metrics.OtlpProtocol, OtlpProtocols, "How the collector is spoken to: grpc, http/protobuf, or auto: gRPC where its port is 4317, http/protobuf everywhere else.");
        list.Add(Observability, "OTEL_EXPORTER_OTLP_HEADERS", o => o.Metrics.OtlpHeaders, new TextKind("name=value,name=value, values percent-encoded", text => OtlpHeaders.TryParse(text, out _), maxLength: 4_096), "Headers of each request to the collector, such as its token.", defaultText: "none");
        list.Add(Observability, "OTEL_EXPORTER_OTLP_TIMEOUT", o => o.Metrics.OtlpTimeout, Milliseconds(100, 60_000), "How long the collector may take to answer.");
        list.Add(Observability, "OTEL_BSP_SCHEDULE_DELAY", o => o.Metrics.OtlpTraceInterval, Milliseconds(100, 60_000), "Between two times that the traces of ended calls go.");
        list.Add(Observability, "OTEL_METRIC_EXPORT_INTERVAL", o => o.Metrics.OtlpMetricInterval, Milliseconds(100, 3_600_000), "Between two times that the metrics go.");
        list.Add(Observability, "OTEL_SERVICE_NAME", o => o.Metrics.OtlpService, new TextKind("1 to 64 characters", maxLength: 64), "What the exchange is called there.");
        list.Add(Observability, "OTEL_SERVICE_VERSION", o => o.Metrics.OtlpServiceVersion, new TextKind("1 to 64 characters", maxLength: 64), "The version that it is told to have there.", defaultText: "that of the program");
        list.Add(Observability, "CALL_TRACE_HIDE_DIGITS", o => o.Traces.HideDigits, SwitchKind.Instance, "Whether digits that phones send by INFO are hidden in traces: they are card numbers and codes.");
    }
}
