using Tandem.Calls.Calls;
using Tandem.Calls.Edge;
using Tandem.Calls.Events;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Ports;
using Tandem.Calls.Routing;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tracing;
using Tandem.Calls.Trunks;
using Tandem.Calls.Voicemail;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Shards;

/// <summary>What an exchange needs from outside; all of it is shared by the shards and thread-safe.</summary>
public sealed record ExchangeServices
{
    public required IExtensionDirectory Extensions { get; init; }

    public required IBindingStore Bindings { get; init; }

    public required IMediaService Media { get; init; }

    /// <summary>CDR, API, logs and metrics: usually an <see cref="EventBus"/>.</summary>
    public required IEventSink Events { get; init; }

    public required DigestAuthenticator Digest { get; init; }

    public required BanList Bans { get; init; }

    public required IWallClock WallClock { get; init; }

    /// <summary>Makes the random numbers of one shard. In production over a cryptographic source (RFC 3261 §19.3).</summary>
    public required Func<int, Random> Random { get; init; }

    /// <summary>How full the queue to the database is, 0 to 1; asked on the shards, at each round. Null when there is none.</summary>
    public Func<double>? Pressure { get; init; }

    /// <summary>The waiting messages of each extension. Default: none, and nobody sets any.</summary>
    public MailboxTable Mailboxes { get; init; } = new();

    /// <summary>Messages that callers leave; null: there is no voicemail.</summary>
    public VoicemailKeeper? Voicemail { get; init; }

    /// <summary>The way to the name servers; null for none: then only addresses and the machine's own names lead anywhere.</summary>
    public IDnsChannel? Dns { get; init; }

    /// <summary>Keeps the trace of each call; null for none. It must be among the sinks of <see cref="Events"/> as well.</summary>
    public CallTraces? Traces { get; init; }

    /// <summary>Hears which messages may repeat the password of a provider (<see cref="CallTraces.Secrets"/>); null when nobody keeps or exports messages.</summary>
    public ProviderSecrets? Secrets { get; init; }

    /// <summary>Sees every SIP message besides <see cref="Traces"/>; null for nobody.</summary>
    public ISipObserver? Observer { get; init; }

    /// <summary>SIP profiles and the numbers of the outside world. Default: none.</summary>
    public IProfileDirectory Profiles { get; init; } = new NoProfiles();

    /// <summary>Where the client certificates of profiles go, for the transport to show them; null for none.</summary>
    public TlsIdentities? TlsIdentities { get; init; }

    /// <summary>Rules and what extensions have set. Default: none.</summary>
    public IRoutingDirectory Routing { get; init; } = new RoutingInMemory();

    /// <summary>Asks webhooks where calls go; null: none is asked.</summary>
    public IRouteWebhooks? RouteWebhooks { get; init; }

    /// <summary>The tenants and their domains; null: the home tenant alone.</summary>
    public ITenantDirectory? Tenants { get; init; }

    /// <summary>Rooms that are kept. Default: none.</summary>
    public Rooms.IRoomDirectory Rooms { get; init; } = new Rooms.NoRooms();

    /// <summary>How supervisors monitor. Default: by telephone nobody.</summary>
    public Monitoring.IMonitorRules MonitorRules { get; init; } = new Monitoring.NoMonitorRules();

    /// <summary>What is recorded besides extensions that are set to be. Default: nothing.</summary>
    public Recording.IRecordingRules RecordingRules { get; init; } = new Recording.NoRecordingRules();

    /// <summary>The menus; null for none.</summary>
    public Ivr.IvrServices? Ivr { get; init; }

    /// <summary>Stands before calls to outside; null: no call leaves.</summary>
    public TollGuard? Toll { get; init; }

    /// <summary>The way to phones of other nodes; null: this node reaches its own alone.</summary>
    public EdgeService? Edge { get; init; }

    /// <summary>Hears of exceptions in call code.</summary>
    public Action<CallId, Exception>? Faulted { get; init; }
}
