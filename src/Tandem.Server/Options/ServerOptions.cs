using Tandem.Core.Privacy;

namespace Tandem.Server.Options;

/// <summary>What the installation is: addresses, ports, numbers, where its data lies.</summary>
public sealed record ServerOptions
{
    /// <summary><c>Development</c>, <c>Production</c>, <c>Staging</c> or <c>Test</c>. Default Development.</summary>
    public string Environment { get; init; } = "Development";

    /// <summary>The version that the health pages tell; empty for the program's own.</summary>
    public string AppVersion { get; init; } = "";

    /// <summary>The address that phones are told in Contact, Via and SDP; null to choose per phone.</summary>
    public string? ServerAddress { get; init; }

    /// <summary>The address that SIP listens on. Default all.</summary>
    public string SipHost { get; init; } = "0.0.0.0";

    /// <summary>The SIP port, UDP and TCP. Default 5060 (RFC 3261 §19.1.2); 0 for any free one.</summary>
    public int SipPort { get; init; } = 5060;

    /// <summary>The port of SIP over TLS. Default 5061 (RFC 3261 §19.1.2); 0 for any free one, -1 for none.</summary>
    public int SipsPort { get; init; } = 5061;

    /// <summary>The address that HTTP listens on. Default all.</summary>
    public string ApiHost { get; init; } = "0.0.0.0";

    /// <summary>The HTTP port. Default 3000; 0 for any free one.</summary>
    public int ApiPort { get; init; } = 3000;

    /// <summary>The port of HTTPS. Default 3443, to 3000 as 443 is to 80; 0 for any free one, -1 for none.</summary>
    public int HttpsPort { get; init; } = 3443;

    /// <summary>The address that RTP and RTCP are received on. Default all.</summary>
    public string RtpHost { get; init; } = "0.0.0.0";

    /// <summary>The first RTP port. Default 10000.</summary>
    public int RtpPort { get; init; } = 10_000;

    /// <summary>The last RTP port; null for 9,999 ports above the first.</summary>
    public int? RtpPortMax { get; init; }

    /// <summary>The first extension. Default 100.</summary>
    public string ExtMin { get; init; } = "100";

    /// <summary>The last extension. Default 110.</summary>
    public string ExtMax { get; init; } = "110";

    /// <summary>The folder of the database, recordings and keys. Default <c>./data</c>.</summary>
    public string DataDirectory { get; init; } = "./data";

    /// <summary>The PostgreSQL database to use; null for SQLite in <see cref="DataDirectory"/>. It holds a password.</summary>
    public Secret? PostgresUrl { get; init; }

    /// <summary>Whether phones must prove who they are. Default true.</summary>
    public bool EnableAuth { get; init; } = true;

    /// <summary>The first secret of the extensions that the first start creates; null for a random one each.</summary>
    public Secret? AuthSecret { get; init; }

    /// <summary>Loops that do SIP; 0 for one per core, at least 2 and at most 16. Default 0.</summary>
    public int SipShards { get; init; }

    /// <summary>How long calls in progress may go on after a stop was asked for. Default 10 s.</summary>
    public TimeSpan DrainGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long answers to the BYEs of a stop are waited for. Default 3 s: a phone that is there answers sooner.</summary>
    public TimeSpan DrainFarewell { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Bytes after which the youngest objects are collected while little is made, so that no collection stops the media loops for long; 0 leaves it to the runtime, which collects after 16 MiB.
    /// Default 4 MiB: pauses of about 2 ms.
    /// </summary>
    public long CollectorStep { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// How often old objects are collected beside the calls; zero leaves it to the runtime, whose collection stops everything when the one before is 20 s and more ago. Default 15 s.
    /// </summary>
    public TimeSpan CollectorOld { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The last RTP port in force.</summary>
    public int LastRtpPort => RtpPortMax ?? Math.Min(RtpPort + 9_999, 65_535);

    /// <summary>The number of SIP loops in force. Two on one core would only wake each other.</summary>
    public int EffectiveSipShards => SipShards > 0 ? SipShards : Math.Clamp(System.Environment.ProcessorCount, 1, 16);

    /// <summary>True in Production: every HTTP request needs a session or token and the admin routes are absent.</summary>
    public bool IsProduction => Environment == "Production";
}
