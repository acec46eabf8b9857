using Tandem.Calls.Calls;
using Tandem.Calls.Edge;
using Tandem.Calls.Ivr;
using Tandem.Calls.Messages;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Parking;
using Tandem.Calls.Queues;
using Tandem.Calls.Recording;
using Tandem.Calls.Registrar;
using Tandem.Calls.Rooms;
using Tandem.Calls.Routing;
using Tandem.Calls.Security;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tracing;
using Tandem.Calls.Trunks;
using Tandem.Calls.Voicemail;
using Tandem.Cluster;
using Tandem.Media;
using Tandem.Media.Playback;
using Tandem.Server.Streams;
using Tandem.Server.Webhooks;
using Tandem.Sip.Authentication;
using Tandem.Sip.Engine;
using Tandem.Sip.Overload;
using Tandem.Sip.Parsing;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;
using Tandem.Sip.Transport;
using Tandem.Storage;

namespace Tandem.Server.Options;

/// <summary>
/// Every setting of the exchange, typed. The rooms' own option records hang below it, so that one page (docs/configuration.md,
/// <see cref="OptionsCatalog"/>) lists all of them. Built once by <see cref="OptionsLoader"/>, read-only afterwards.
/// </summary>
public sealed record TandemOptions
{
    public ServerOptions Server { get; init; } = new();

    public AccountOptions Account { get; init; } = new();

    public LogOptions Log { get; init; } = new();

    public HttpOptions Http { get; init; } = new();

    public CertificateOptions Tls { get; init; } = new();

    public CallOptions Calls { get; init; } = new();

    public RegistrarOptions Registrar { get; init; } = new();

    public SubscriptionOptions Subscriptions { get; init; } = new();

    public MessageOptions Messages { get; init; } = new();

    public TrunkOptions Trunks { get; init; } = new();

    public RoutingOptions Routing { get; init; } = new() { Codes = new FeatureCodes() };

    public RoomOptions Rooms { get; init; } = new();

    public MonitorOptions Monitoring { get; init; } = new();

    public ParkingOptions Parking { get; init; } = new();

    public QueueOptions Queues { get; init; } = new();

    public IvrOptions Ivr { get; init; } = new();

    public SecurityOptions Security { get; init; } = new();

    public TraceOptions Traces { get; init; } = new();

    public MetricsOptions Metrics { get; init; } = new();

    public MediaOptions Media { get; init; } = new();

    public PlaybackOptions Playback { get; init; } = new();

    public RecordingSettings Recordings { get; init; } = new();

    public VoicemailOptions Voicemail { get; init; } = new();

    public DigestOptions Digest { get; init; } = new();

    public SourceGuardOptions Guard { get; init; } = new();

    public SipLimits SipLimits { get; init; } = new();

    // The rooms' defaults are shared; the loader writes into what hangs here.
    public SipEngineOptions SipEngine { get; init; } = new() { Timers = new SipTimers(), Limits = new SipLimits(), Overload = new OverloadOptions(), Resolution = new ResolutionOptions() };

    public SipTransportOptions SipTransport { get; init; } = new() { Limits = new SipLimits() };

    public DnsOptions Dns { get; init; } = new();

    public ShardLoopOptions ShardLoop { get; init; } = new();

    public StorageOptions Storage { get; init; } = new();

    public ClusterOptions Cluster { get; init; } = new();

    public EdgeOptions Edge { get; init; } = new();

    public WebhookOptions Webhooks { get; init; } = new();

    public EventStreamOptions Streams { get; init; } = new();

    public SoundStreamOptions Sounds { get; init; } = new();
}
