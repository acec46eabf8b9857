using Tandem.Calls.Events;
using Tandem.Calls.Ivr;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Queues;
using Tandem.Calls.Recording;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Shards;
using Tandem.Calls.Tracing;
using Tandem.Calls.Voicemail;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Playback;
using Tandem.Server.Certificates;
using Tandem.Server.Hep;
using Tandem.Server.Logging;
using Tandem.Server.Metrics;
using Tandem.Server.Options;
using Tandem.Server.Otlp;
using Tandem.Server.Webhooks;
using Tandem.Sip.Transport;
using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>The running parts of the exchange, for the pages that show and steer them. Owned by <see cref="ExchangeHost"/>.</summary>
public sealed record ExchangeParts
{
    public required TandemOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required Clock Clock { get; init; }

    public required HostState State { get; init; }

    public required TandemStorage Storage { get; init; }

    public required MediaEngine Media { get; init; }

    public required BanList Bans { get; init; }

    public required SourceGuard Guard { get; init; }

    public required SipTransport Transport { get; init; }

    /// <summary>The certificates of SIP over TLS and HTTPS.</summary>
    public required CertificateSource Certificates { get; init; }

    /// <summary>The way to the name servers.</summary>
    public required DnsSocket Dns { get; init; }

    /// <summary>The loops of the SIP shards, in their order.</summary>
    public required IReadOnlyList<ShardLoop> Loops { get; init; }

    public required Exchange Exchange { get; init; }

    /// <summary>The event stream.</summary>
    public required EventBus Events { get; init; }

    /// <summary>What the API counts from the event stream.</summary>
    public required StatisticsSink Statistics { get; init; }

    /// <summary>Waiting messages of the extensions.</summary>
    public required MailboxKeeper Mailboxes { get; init; }

    /// <summary>Queues of callers.</summary>
    public required QueueKeeper Queues { get; init; }

    /// <summary>Messages that were left for extensions.</summary>
    public required VoicemailKeeper Voicemail { get; init; }

    /// <summary>Prompts, music, tones and speech.</summary>
    public required SoundLibrary Sounds { get; init; }

    /// <summary>Recordings of calls.</summary>
    public required RecordingKeeper Recordings { get; init; }

    /// <summary>Stands before calls to outside.</summary>
    public required TollGuard Toll { get; init; }

    /// <summary>Menus.</summary>
    public required IvrServices Ivr { get; init; }

    public required ExchangeEventLog EventLog { get; init; }

    public required WebhookDispatcher Webhooks { get; init; }

    /// <summary>The other nodes, where there are any.</summary>
    public required ClusterPresence Cluster { get; init; }

    /// <summary>What happened in each call.</summary>
    public required CallTraces Traces { get; init; }

    /// <summary>What was counted of calls.</summary>
    public required CallMeter Calls { get; init; }

    /// <summary>Sends what it sees to a HEP server; null without one.</summary>
    public HepExport? Hep { get; init; }

    /// <summary>Sends traces and metrics to a collector; null without one.</summary>
    public OtlpExport? Otlp { get; init; }

    /// <summary>Our own addresses.</summary>
    public required AddressBook Addresses { get; init; }

    /// <summary>Makes each part available to the handlers of HTTP requests. The container owns none of them.</summary>
    public void Register(IServiceCollection services)
    {
        services.AddSingleton(this);
        services.AddSingleton(Options);
        services.AddSingleton(Time);
        services.AddSingleton(Clock);
        services.AddSingleton(State);
        services.AddSingleton(Storage);
        services.AddSingleton(Media);
        services.AddSingleton(Bans);
        services.AddSingleton(Guard);
        services.AddSingleton(Transport);
        services.AddSingleton(Dns);
        services.AddSingleton(Loops);
        services.AddSingleton(Exchange);
        services.AddSingleton(Exchange.Registrar);
        services.AddSingleton(Exchange.Rooms);
        services.AddSingleton(Exchange.Monitors);
        services.AddSingleton(Exchange.Trunks);
        services.AddSingleton(Events);
        services.AddSingleton(Statistics);
        services.AddSingleton(Mailboxes);
        services.AddSingleton(Queues);
        services.AddSingleton(Voicemail);
        services.AddSingleton(Sounds);
        services.AddSingleton(Recordings);
        services.AddSingleton(Toll);
        services.AddSingleton(Ivr.Counters);
        services.AddSingleton(EventLog);
        services.AddSingleton(Webhooks);
        services.AddSingleton(Cluster);
        services.AddSingleton(Traces);
        services.AddSingleton(Calls);
        services.AddSingleton(new Rest.AddressSource(Addresses.Toward));
    }
}
