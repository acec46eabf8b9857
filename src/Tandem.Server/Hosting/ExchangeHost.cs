using System.Globalization;
using System.Net.Sockets;
using Serilog;
using Serilog.Events;
using Tandem.Calls.Calls;
using Tandem.Calls.Edge;
using Tandem.Calls.Events;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Media;
using Tandem.Calls.Queues;
using Tandem.Calls.Recording;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tracing;
using Tandem.Calls.Voicemail;
using Tandem.Cluster;
using Tandem.Cluster.Limits;
using Tandem.Cluster.Redis;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Codecs;
using Tandem.Media.Playback;
using Tandem.Media.Recording;
using Tandem.Server.Certificates;
using Tandem.Server.Cli;
using Tandem.Server.Hep;
using Tandem.Server.Logging;
using Tandem.Server.Metrics;
using Tandem.Server.Options;
using Tandem.Server.Otlp;
using Tandem.Server.Webhooks;
using Tandem.Sip.Authentication;
using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;
using Tandem.Storage;
using Tandem.Storage.Writing;
using ILogger = Serilog.ILogger;

namespace Tandem.Server.Hosting;

/// <summary>
/// The composition root. It builds the parts in order (storage, media, the shards with the calls, the sockets of SIP, HTTP) and takes
/// them down in the opposite one.
/// </summary>
public sealed partial class ExchangeHost : IAsyncDisposable
{
    private readonly TandemOptions _options;
    private readonly ILogger _log;
    private readonly HostState _state;
    private readonly Stack<Func<ValueTask>> _undo = new();
    private readonly TimeProvider _time;

    private ExchangeHost(TandemOptions options, ILogger log, TimeProvider time)
    {
        _options = options;
        _log = log;
        _time = time;
        _state = new HostState(time);
    }

    /// <summary>What the start page says.</summary>
    public StartReport Report { get; private set; } = null!;

    /// <summary>The running parts.</summary>
    public ExchangeParts Parts { get; private set; } = null!;

    /// <summary>Starts everything; when this returns, phones and the API are served.</summary>
    /// <exception cref="StartException">The start is impossible; nothing is left open.</exception>
    public static async Task<ExchangeHost> StartAsync(TandemOptions options, ILogger log, TimeProvider time, CancellationToken cancellation)
    {
        var host = new ExchangeHost(options, log, time);
        try
        {
            await host.BuildAsync(cancellation);
            return host;
        }
        catch (Exception e)
        {
            await host.DisposeAsync();
            if (e is StorageException)
                throw new StartException(e.Message, e);

            throw;
        }
    }

    /// <summary>
    /// The orderly stop: no new calls; those in progress may end until DRAIN_GRACE is over or <paramref name="hurry"/> is asked for,
    /// and get BYE then. What is queued for the database is written by <see cref="DisposeAsync"/>.
    /// </summary>
    public async Task StopAsync(CancellationToken hurry)
    {
        _state.Enter(HostPhase.Draining);
        var exchange = Parts.Exchange;
        exchange.BeginDrain();
        _log.Information("Stopping: {Calls} calls in progress", exchange.CallCount);
        try
        {
            await exchange.DrainAsync(_options.Server.DrainGrace, _options.Server.DrainFarewell, _time, hurry);
        }
        catch (OperationCanceledException)
        {
            await exchange.DrainAsync(TimeSpan.Zero, _options.Server.DrainFarewell, _time, CancellationToken.None);
        }
    }

    /// <summary>Closes what is open, in the opposite order of the start.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_undo.TryPop(out var undo))
        {
            try
            {
                await undo();
            }
            catch (Exception e)
            {
                // The parts below must be closed all the same, storage above all.
                _log.Error(e, "A part of the exchange did not close");
            }
        }

        _state.Enter(HostPhase.Stopped);
    }

    private async Task BuildAsync(CancellationToken cancellation)
    {
        var clock = new Clock(_time);
        var storage = await OpenStorageAsync(cancellation);

        if ((StartupChecks.RtpProblem(_options.Server) ?? StartupChecks.MediaProblem(_options)) is { } problem)
            throw new StartException(problem);

        // Before the media: sessions end first, and what they recorded is written then.
        var waiting = new WaitingMessages(
            Path.Combine(_options.Server.DataDirectory, "voicemail"), _options.Voicemail.MaxWaiting, _options.Voicemail.MaxMessages, (text, e) => _log.Error(e, "{What:l}", text));
        var recordings = await OpenRecordingsAsync(storage, waiting, cancellation);
        var addresses = new AddressBook(_options.Server, clock);
        CodecCatalog.Options = _options.Media.Coding;
        var media = new MediaEngine(
            _options.Media with { AdvertisedV4 = addresses.MediaV4, AdvertisedV6 = addresses.MediaV6, CandidateAddresses = addresses.MediaCandidates }, clock, null, addresses.MediaToward);
        Undo(media.Dispose);

        var sounds = new SoundLibrary(_options.Server.DataDirectory, _options.Playback, _time);
        Undo(sounds.Dispose);
        await FollowRemovedAsync(storage, sounds, cancellation);
        var stored = recordings.Storage = StorageOf(storage, sounds, _time);

        var bans = new BanList(_options.Guard);
        var guard = new SourceGuard(_options.Guard, bans);
        var eventLog = new ExchangeEventLog(_log, _options.Log.QueueCapacity);
        _undo.Push(eventLog.DisposeAsync);

        var dns = new DnsSocket(_options.Dns, [], _time);
        Undo(dns.Dispose);

        var webhooks = StartUpkeep(storage);
        var cluster = OpenCluster(storage);
        var edge = OpenEdge(cluster, storage, guard);
        var statistics = new StatisticsSink();
        var traces = new CallTraces(_options.Traces, clock);
        var callMeter = new CallMeter();
        var hep = _options.Metrics.HepServer.Length == 0 ? null
            : new HepExport(_options.Metrics, traces, addresses.Toward, clock, _time, text => _log.ForContext("component", LogComponents.Sip).Warning("{What:l}", text));
        if (hep is not null)
            _undo.Push(hep.DisposeAsync);

        var otlp = _options.Metrics.OtlpEndpoint.Length == 0 ? null
            : new OtlpExport(_options.Metrics, traces, _time, text => _log.Warning("{What:l}", text));
        if (otlp is not null)
        {
            _undo.Push(otlp.DisposeAsync);
            webhooks.Attempted = otlp.Attempted;
            storage.Writer.RecordWritten = otlp.Written;
        }

        IEventSink[] exporters = otlp is null ? [] : [otlp];
        var events = new EventBus([.. exporters, new CallJournalSink(storage.Journal), storage.Outbox, .. cluster is null ? Array.Empty<IEventSink>() : [cluster, new SharedFailures(cluster, bans, _options.Guard, clock, _time)], statistics, eventLog, traces, callMeter, new MonitorAuditSink(storage.Audit)], SinkFailed);
        var toll = new TollGuard(storage.TollPolicies, storage.Toll, events);
        stored.Events = events;
        _undo.Push(new TenantStorageCheck(stored, _options.Storage.TenantStorageCheck, _time, (text, e) => _log.Warning(e, "{What:l}", text)).DisposeAsync);
        storage.TollPolicies.Lifted = (tenant, at) => toll.HearLift(tenant, at, _time.GetUtcNow());
        var mailboxes = new MailboxKeeper(storage.Mailboxes, new MailboxTable());
        Undo(mailboxes.Dispose);
        await mailboxes.RefreshAsync(cancellation);
        _undo.Push(new MailboxFollower(mailboxes, _options.Storage, _time, (text, e) => _log.Warning(e, "{What:l}", text)).DisposeAsync);
        var identities = new TlsIdentities();
        var voiceSound = new VoicemailSound(storage, recordings, _time);
        var voicemail = new VoicemailKeeper(_options.Voicemail, storage.Voicemail, mailboxes, voiceSound.DropAsync, events, _time)
        {
            Failed = e => _log.Error(e, "The voicemail cannot be read or written"),
            Waiting = waiting,
        };
        _undo.Push(new VoicemailCatchUp(voicemail, _time, (text, e) => _log.Warning(e, "{What:l}", text)).DisposeAsync);
        _undo.Push(new VoicemailRetention(voicemail, _options.Recordings, _time, (text, e) => _log.Warning(e, "{What:l}", text)).DisposeAsync);
        var callMedia = new EngineMediaService(media, clock, sounds, _options.Calls.HoldMusic, recordings: recordings);
        callMedia.Prompts!.Recordings = voiceSound.OpenAsync;
        callMedia.Prompts.Missed = (tenant, piece, reason) => _log.Warning("A prompt of tenant {Tenant} is missing, a tone is played instead: {Piece}, {Reason}", tenant, piece, reason);
        var ivr = OpenIvr(storage, otlp);
        var exchange = new Exchange(
            new ExchangeOptions
            {
                Shards = _options.Server.EffectiveSipShards,
                Calls = _options.Calls,
                Registrar = _options.Registrar with { Host = _options.Calls.Domain.Length > 0 ? _options.Calls.Domain : addresses.ForPeople.SipHostText() },
                Security = _options.Security,
                Subscriptions = _options.Subscriptions,
                Messages = _options.Messages,
                Trunks = _options.Trunks with { LearnedAddressInSdp = _options.Trunks.LearnedAddressInSdp && addresses.Configured is null },
                Routing = _options.Routing,
                Rooms = _options.Rooms,
                Monitoring = _options.Monitoring,
                Parking = _options.Parking,
                Queues = _options.Queues,
                Engine = _options.SipEngine,
            },
            new ExchangeServices
            {
                Extensions = storage.Directory,
                Bindings = storage.Bindings,
                Media = callMedia,
                Events = events,
                Mailboxes = mailboxes.Table,
                Voicemail = voicemail,
                Profiles = storage.ProfileDirectory,
                Rooms = storage.PolicyDirectory,
                MonitorRules = storage.PolicyDirectory,
                TlsIdentities = identities,
                RecordingRules = storage.PolicyDirectory,
                Toll = toll,
                Ivr = ivr,
                Routing = storage.RoutingDirectory,
                RouteWebhooks = OpenRouteWebhooks(storage, otlp),
                Tenants = storage.TenantDirectory,
                Digest = new DigestAuthenticator(_options.Digest),
                Bans = bans,
                WallClock = clock,
                Random = _ => new SecureRandom(),
                Dns = dns,
                Pressure = () => storage.Writer.Pressure,
                Edge = edge,
                Faulted = CallFaulted,
                Traces = _options.Traces.IsOn ? traces : null,
                Observer = hep,
                Secrets = _options.Traces.IsOn || hep is not null ? traces.Secrets : null,
            });
        foreach (var shard in exchange.Shards)
            shard.Engine.Addressing.Choose = addresses.Toward;

        var restored = exchange.RestoreBindings(clock.Now);
        if (restored > 0)
            _log.Information("{Bindings} registrations of the last run are in force", restored);


        var queues = new QueueKeeper(storage.Queues, exchange.Queues, () => clock.Now, _time, (text, e) => _log.Warning(e, "{What:l}", text));
        _undo.Push(queues.DisposeAsync);
        await queues.StartAsync(_options.Storage.DirectoryPollInterval, cancellation);
        storage.Directory.Revoked = (tenant, number) => _ = RevokeAsync(exchange, tenant, number, storage.Directory.Find(tenant, number) is null, clock.Now);
        var loops = MakeLoops(exchange, clock);
        var certificates = OpenCertificates();
        var sipLog = _log.ForContext("component", LogComponents.Sip);
        var tls = _options.SipTransport.Tls with { Certificates = () => certificates.Tls, Identities = identities, WantsProof = () => storage.ProfileDirectory.RequiresCertificates };
        var transport = new SipTransport(_options.SipTransport with { Tls = tls }, loops, guard, clock)
        {
            ListenerSkipped = (listener, e) => sipLog.Write(
                listener.Transport == SipTransportKind.Tls && e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AccessDenied }
                    ? LogEventLevel.Warning : LogEventLevel.Debug,
                "Not listening on {Listener:l}: {Why:l}", listener.ToString(), e.Message),
            HandshakeFailed = (flow, e) => sipLog.Debug("No TLS with {Flow:l}: {Why:l}", flow.ToString(), (e.InnerException ?? e).Message),
        };
        exchange.Registrar.ConnectionState = transport.IsOpen;
        transport.IsHeld = exchange.IsHeld;
        exchange.Trunks.Judge = (flow, names, identity) => transport.Judge(flow, names, identity);
        exchange.Trunks.Renew = flow => transport.Renew(flow);
        exchange.Trunks.ClaimedInVain = (profile, claim) => sipLog.Warning(
            "A call in the name of SIP profile {Profile:l} from {From:l} was treated as a stranger's (inboundCertificate is required): {Why:l}", profile.Name, claim.From, claim.Text);
        transport.ConnectionClosed = (flow, _) => exchange.ConnectionClosed(flow.Connection);
        addresses.Open(transport);
        _undo.Push(new OwnAddressWatch(
            [addresses.Configured ?? default, addresses.MediaV4, addresses.MediaV6, .. transport.Bound.Select(bound => bound.Address)], exchange.Trunks.Of, _time,
            (text, e) => _log.Warning(e, "{What:l}", text)).DisposeAsync);
        StartSip(transport, loops);
        exchange.Trunks.ListensOverTls = transport.Bound.Any(bound => bound.Transport == SipTransportKind.Tls);
        JoinCluster(cluster, edge, exchange, toll, voicemail.Guard, clock, addresses.ForPeople.WithPort(transport.Bound[0].Address.Port));
        foreach (var shard in exchange.Shards)
            shard.Post(() => SetReach(shard.Engine.Locator, transport));

        storage.ProfileDirectory.Unreadable = text => _log.Error("{What:l}", text);
        if (await AccountProfile.SaveAsync(storage, _options, _time.GetUtcNow(), cancellation) is { } noAccount)
            _log.Error("The account of SIP_SERVER is not in use: {Why:l}", noAccount);
        exchange.StartProfiles();

        var names = new SystemNames(_options.Dns, dns, table => Tell(exchange, table), _time);
        _undo.Push(names.DisposeAsync);

        Parts = new ExchangeParts
        {
            Options = _options,
            Time = _time,
            Clock = clock,
            State = _state,
            Storage = storage,
            Media = media,
            Bans = bans,
            Guard = guard,
            Transport = transport,
            Certificates = certificates,
            Dns = dns,
            Loops = loops,
            Exchange = exchange,
            Events = events,
            Statistics = statistics,
            Mailboxes = mailboxes,
            Queues = queues,
            Voicemail = voicemail,
            Sounds = sounds,
            Recordings = recordings,
            Toll = toll,
            Ivr = ivr,
            EventLog = eventLog,
            Webhooks = webhooks,
            Cluster = new ClusterPresence(cluster, edge),
            Traces = traces,
            Calls = callMeter,
            Hep = hep,
            Otlp = otlp,
            Addresses = addresses,
        };
        var sampler = new MediaSampler(exchange, _options.Traces, _time, e => _log.Error(e, "The media of calls could not be sampled"));
        _undo.Push(sampler.DisposeAsync);
        var http = await HttpHost.StartAsync(Parts, _log, cancellation);
        _undo.Push(http.DisposeAsync);

        // Last, because it is shown once: a start that fails above must not make a password that nobody saw.
        var firstPassword = await storage.Users.EnsureFirstAsync(TenantId.Default, cancellation);
        _state.Enter(HostPhase.Ready);
        Report = MakeReport(addresses, transport, http, storage, certificates, firstPassword);
        _log.Information(
            "Tandem {Version:l} is ready: SIP port {SipPort}, HTTP port {HttpPort}, extensions {ExtMin:l} to {ExtMax:l}",
            Report.Version, Report.SipPort, Report.HttpPort, Report.ExtMin, Report.ExtMax);
    }

    private void SinkFailed(IEventSink sink, Exception e) => _log.Error(e, "{Sink:l} did not take an event", sink.GetType().Name);

    private void CallFaulted(CallId call, Exception e) =>
        _log.ForContext("component", LogComponents.Sip).ForContext("callId", call.Value).Error(e, "A fault ended a call");

    private StartReport MakeReport(AddressBook addresses, SipTransport transport, HttpHost http, TandemStorage storage, CertificateSource certificates, Secret? firstPassword) => new()
    {
        Version = VersionCommand.Version,
        Environment = _options.Server.Environment,
        Address = addresses.ForPeople.HostText(),
        HttpPort = http.Port,
        SipPort = transport.Bound[0].Address.Port,
        SipsPort = transport.Bound.FirstOrDefault(l => l.Transport == SipTransportKind.Tls)?.Address.Port,
        HttpsPort = http.SecurePort,
        Certificate = _options.Tls.CertificateFile ?? CertificateFiles.SelfSignedCertificate(_options.Server.DataDirectory),
        CertificateFingerprint = certificates.Current.Fingerprint,
        IsSelfSigned = certificates.Current.IsSelfSigned,
        ExtMin = _options.Server.ExtMin,
        ExtMax = _options.Server.ExtMax,
        AuthenticationEnabled = _options.Server.EnableAuth,
        FirstPassword = firstPassword,
        Database = storage.Database.Description,
        LogFile = _options.Log.File == "-" ? "standard output" : Path.GetFullPath(_options.Log.File),
        DrainGrace = _options.Server.DrainGrace,
    };

    private void Undo(Action undo) => _undo.Push(() =>
    {
        undo();
        return ValueTask.CompletedTask;
    });
}
