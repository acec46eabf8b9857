using Tandem.Core.Net;

namespace Tandem.Server.Options;

/// <summary>What is told to who watches the exchange from outside.</summary>
public sealed record MetricsOptions
{
    /// <summary>Networks that may read <c>/metrics</c> without a token, besides this machine itself. Default none: it names tenants and tells how busy one is.</summary>
    public IReadOnlyList<NetPrefix> Open { get; init; } = [];

    /// <summary>Where HEP packets go, <c>host:port</c>; empty for nowhere. Default nowhere: they hold the signalling of all calls.</summary>
    public string HepServer { get; init; } = "";

    /// <summary>The number of this exchange among those that send to the same server (HEP3 chunk 12). Default 2001.</summary>
    public long HepCaptureId { get; init; } = 2_001;

    /// <summary>What the server wants to see as a proof (HEP3 chunk 14); null for nothing.</summary>
    public Core.Privacy.Secret? HepPassword { get; init; }

    /// <summary>HEP packets that may wait. Default 4,096 (up to 16 MB): what a second of 300 calls makes. More are dropped and counted.</summary>
    public int HepQueue { get; init; } = 4_096;

    /// <summary>Where traces and metrics go by OTLP: the base address of a collector; empty for nowhere.</summary>
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>What the exchange is called there.</summary>
    public string OtlpService { get; init; } = "telephony-gateway";

    /// <summary>The version that it is told to have; empty for its own.</summary>
    public string OtlpServiceVersion { get; init; } = "";

    /// <summary>How the collector is spoken to. Default by its port: 4317 is gRPC's, in OpenTelemetry and in document 3's default.</summary>
    public OtlpProtocol OtlpProtocol { get; init; }

    /// <summary>Headers of each request, <c>name=value,name=value</c>; null for none. A collector wants its token there.</summary>
    public Core.Privacy.Secret? OtlpHeaders { get; init; }

    /// <summary>How long the collector may take to answer. Default 10 s, as OpenTelemetry has it.</summary>
    public TimeSpan OtlpTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two times that the traces of ended calls go. Default 5 s, as OpenTelemetry has it; the last messages of a call come after its end.</summary>
    public TimeSpan OtlpTraceInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two times that the metrics go. Default 60 s, as OpenTelemetry has it.</summary>
    public TimeSpan OtlpMetricInterval { get; init; } = TimeSpan.FromSeconds(60);
}
