using System.Collections.Concurrent;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Edge;
using Tandem.Calls.Events;
using Tandem.Calls.Messages;
using Tandem.Calls.Ports;
using Tandem.Calls.Publications;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Security;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Subscriptions.Packages;
using Tandem.Calls.Trunks.Calls;
using Tandem.Calls.Trunks.Registration;
using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Shards;

/// <summary>
/// One SIP shard of the exchange: an engine, a timer wheel, a turn queue, a registrar and the calls whose messages hash to
/// it. A loop drives it, or a test in virtual time. Whatever goes wrong in one call ends that call, never the shard.
/// </summary>
public sealed partial class ExchangeShard : ISipShard
{
    private readonly TimerWheel _wheel = new(Moment.Zero);
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly RegistrarService _registrar;
    private readonly CallEnvironment _environment;
    private readonly IRequestHandler?[] _handlers = new IRequestHandler?[Enum.GetValues<SipMethod>().Length];
    private readonly OutOfDialogRequests _others;
    private readonly DialogStrangers _strangers;
    private readonly Func<double>? _pressure;
    private readonly SharedState _shared;
    private readonly ISipObserver? _observer;
    private readonly EdgeProxy? _edge;

    internal ExchangeShard(int index, ExchangeOptions options, ExchangeServices services, SharedState shared)
    {
        Index = index;
        _pressure = services.Pressure;
        _shared = shared;
        _observer = SipObservers.Of(services.Traces, services.Observer);
        var random = services.Random(index);
        Engine = new SipEngine(EngineOptions(options), _wheel, random);
        if (services.Dns is { } dns)
            Engine.Locator.Resolver.Connect(dns, action => Post(() => action(_environment!.Now)));
        var authenticator = new RequestAuthenticator(
            options.Security, services.Digest, services.Bans, services.Extensions, shared.Domains, random, services.Events, services.WallClock);
        Engine.Overload.Changed = report => services.Events.Publish(new OverloadChanged(options.Tenant, index, report, services.WallClock.ToUtc(_environment!.Now)));
        _registrar = new RegistrarService(
            options.Registrar, shared.Registrar, authenticator, services.Bindings, services.Events,
            new RegistrarShard(index, Engine, _wheel, Turns, random, services.WallClock));
        _environment = new CallEnvironment
        {
            Engine = Engine,
            Wheel = _wheel,
            Turns = Turns,
            Random = random,
            WallClock = services.WallClock,
            Options = options.Calls,
            Routing = options.Routing,
            RouteWebhooks = services.RouteWebhooks,
            NumberChanged = (tenant, number) =>
            {
                shared.Watch.Changed(new StateChange(new AorKey(tenant, number), WatchedStates.Calls));
                shared.Queues.Heard(tenant, number);
            },
            Media = services.Media,
            Events = services.Events,
            Calls = shared.Calls,
            Registrar = shared.Registrar,
            Counters = Counters,
            Traces = services.Traces,
            Secrets = services.Secrets,
            Ivr = services.Ivr,
            FindTenant = id => services.Tenants?.Find(id),
            Rooms = shared.Rooms,
            KeptRooms = services.Rooms,
            Monitors = shared.Monitors,
            MonitorRules = services.MonitorRules,
            RecordingRules = services.RecordingRules,
            Queues = shared.Queues,
            Parking = shared.Parking,
            Voicemail = services.Voicemail,
            PeerOf = (tenant, number, flow) => MediaPeer.Of(services.Extensions.Find(tenant, number), flow),
            DomainOf = shared.Domains.DomainOf,
            IsRecorded = (tenant, number) => services.Extensions.Find(tenant, number) is { IsRecorded: true },
            NewCallId = () => ShardSelector.MakeCallId(index, options.Shards, random),
            Faulted = services.Faulted,
            PostToShard = Post,
        };
        Engine.FindFlow = FindFlow;
        Engine.Addressing.Set(SipTransportKind.Internal, InternalFlows.Host(index), SipAddressing.DefaultPort(SipTransportKind.Internal));
        Trunks = new TrunkShard(_environment, options.Trunks, services.Profiles, shared.Trunks, options.Shards);
        _environment.Trunks = new TrunkGate(_environment, options.Trunks, services.Profiles, shared.Trunks, services.Toll);
        Engine.MayReach = _environment.Trunks.MayReach;
        _environment.Router = new Router(_environment, options, services.Extensions, services.Routing, shared);
        var births = new CallBirths(_environment, options, shared);
        _environment.Transfers = new TransferService(_environment, options, births, shared, index);
        _environment.Originations = new OriginationDesk(_environment, options, births, shared);
        var replacing = new ReplacingInvites(_environment, options, births, shared, index);
        var invites = new IncomingInvites(_environment, options, births, shared, authenticator, replacing);
        _handlers[(int)SipMethod.Invite] = invites;
        Engine.Overload.IsForHelp = invites.GoesFirst;
        _handlers[(int)SipMethod.Refer] = new ReferRequests(_environment, options, shared, authenticator);
        _handlers[(int)SipMethod.Register] = new RegisterRequests(_environment, _registrar);
        Notifier = new Notifier(_environment, options.Subscriptions, shared.Subscriptions, Packages(options, services, shared), index);
        _handlers[(int)SipMethod.Subscribe] = new SubscribeRequests(
            _environment, Notifier, shared.Subscriptions, authenticator, services.Extensions, () => shared.IsDraining);
        _handlers[(int)SipMethod.Publish] = new PublishRequests(
            _environment, options.Subscriptions, shared.Publications, shared.Registrar, authenticator, index, Notifier.Counters,
            change => shared.Watch.Changed(change));
        _handlers[(int)SipMethod.Message] = new MessageRequests(
            _environment, options.Messages, shared.Registrar, authenticator, services.Extensions, shared.MessageRates, MessageCounters,
            () => shared.IsDraining);
        _edge = services.Edge is { } edge ? new EdgeProxy(edge, Engine.Addressing, shared.Registrar, services.WallClock, random) : null;
        _strangers = new DialogStrangers(_environment, authenticator);
        _others = new OutOfDialogRequests(_environment, authenticator, shared);
    }

    /// <summary>The number of the shard, from 0.</summary>
    public int Index { get; }

    /// <summary>The engine; its counters and tables may be read by anyone, the rest belongs to the loop.</summary>
    public SipEngine Engine { get; }

    /// <summary>What its calls use. On the loop only.</summary>
    internal CallEnvironment Environment => _environment;

    /// <summary>What the calls of this shard counted.</summary>
    public CallCounters Counters { get; } = new();

    /// <summary>What the registrar of this shard counted.</summary>
    public RegistrarCounters RegistrarCounters => _registrar.Counters;

    /// <summary>What the notifier of this shard counted.</summary>
    public SubscriptionCounters SubscriptionCounters => Notifier.Counters;

    /// <summary>What became of the messages of this shard.</summary>
    public MessageCounters MessageCounters { get; } = new();

    /// <summary>The subscriptions whose SUBSCRIBE came to this shard.</summary>
    internal Notifier Notifier { get; }

    /// <summary>The SIP profiles of this shard.</summary>
    internal TrunkShard Trunks { get; }

    /// <summary>What the registrations of profiles on this shard counted.</summary>
    public TrunkCounters TrunkCounters => Trunks.Counters;

    /// <summary>Timers that run on this shard.</summary>
    public int Timers => _wheel.Count;

    /// <summary>INVITEs and BYEs that we sent and that have not ended.</summary>
    public int OpenTransactions => _environment.OpenTransactions;

    /// <summary>BYEs that we sent and that are not answered yet.</summary>
    public int Farewells => _environment.Farewells;

    /// <summary>Subscriptions of the refer package on this shard.</summary>
    public int ReferSubscriptions => _environment.ReferSubscriptions;

    /// <summary>Says why a call would go where it would go; on the loop.</summary>
    internal RouteExplanation Explain(RouteInquiry inquiry) => RouteExplainer.Explain(_environment, inquiry);

    /// <summary>The transfers of this shard; for its loop.</summary>
    internal TransferService Transfers => _environment.Transfers;

    /// <summary>Makes calls that programs want; for its loop.</summary>
    internal OriginationDesk Originations => _environment.Originations;

    /// <inheritdoc/>
    public TurnQueue Turns { get; } = new();

    /// <inheritdoc/>
    public Moment NextDeadline => _commands.IsEmpty ? _wheel.NextDeadline : Moment.Zero;

    /// <summary>
    /// Runs <paramref name="command"/> on the shard's loop, from any thread. It waits for the next <see cref="Advance"/>, which
    /// knows the time; the turn only wakes the loop.
    /// </summary>
    public void Post(Action command)
    {
        _commands.Enqueue(command);
        Turns.Post(static () => { });
    }

    /// <summary>Schedules a timer that is not of a call; on the loop.</summary>
    internal void Schedule(TimerEntry timer, Moment due) => _wheel.Schedule(timer, due > _environment.Now ? due : _environment.Now);

    /// <summary>A stream connection ended; on the loop.</summary>
    internal void ConnectionLost(long connection)
    {
        _registrar.ConnectionLost(connection, _environment.Now);
        Trunks.ConnectionLost(connection);
    }

    /// <inheritdoc/>
    public void Observe(TimeSpan lag, Moment now)
    {
        _environment.Now = now;
        Engine.Overload.Observe(lag, _pressure?.Invoke() ?? 0, now);
    }

    /// <inheritdoc/>
    public void Receive(in SipInput input, Moment now)
    {
        _environment.Now = now;
        if (_observer is { } observer && input.Message is { } message)
            observer.Seen(SipDirection.Received, input.Flow, message.Bytes, Index, now);

        if (_edge is not null && input is { Message: { } passing, Rejection: SipRejection.None } && _edge.TryTake(passing, input.Flow, now))
        {
            passing.Release();
            return;
        }

        Engine.Receive(input, now);
        Settle();
    }

    /// <inheritdoc/>
    public void Advance(Moment now)
    {
        _environment.Now = now;
        while (_commands.TryDequeue(out var command))
            Turns.Post(command);

        _wheel.Advance(now);
        Settle();
    }

    /// <inheritdoc/>
    public bool TryTakePacket(out SipPacket packet)
    {
        while (TryTakeNext(out packet))
        {
            _observer?.Seen(SipDirection.Sent, packet.Target, packet.Data.Span, Index, _environment.Now);
            if (packet.Target.Transport != SipTransportKind.Internal)
                return true;

            Bridge(packet);
        }

        return false;
    }

    // Signed is what this node asks itself, never what a phone wrote and the edge passes on.
    private bool TryTakeNext(out SipPacket packet)
    {
        if (!Engine.TryTakePacket(out packet))
            return _edge is not null && _edge.TryTakePacket(out packet);

        if (_edge is not null)
            packet = _edge.Sign(packet, _environment.Now);
        return true;
    }

    // A method of its own: what the lambda captures would else be allocated for every packet.
    private void Bridge(in SipPacket packet)
    {
        var input = InternalFlows.Read(packet, Index);
        var target = _shared.Shard(InternalFlows.Target(packet.Target));
        target.Post(() => target.Engine.Receive(input, target._environment.Now));
    }

    // Who does not run session timers must not claim to support them (RFC 4028 §7.1); Answer-Mode passes by option only (RFC 5373 §4).
    private static SipEngineOptions EngineOptions(ExchangeOptions options)
    {
        var supported = options.Engine.SupportedOptions.Where(o => o != "timer" || options.Calls.SessionTimers).ToList();
        if (options.Calls.AutoAnswer)
            supported.Add("answermode");
        return options.Engine with { SupportedOptions = supported };
    }

    // The packages know the notifier that writes addresses for them; it knows them by name.
    private static Func<Notifier, IReadOnlyList<EventPackage>> Packages(ExchangeOptions options, ExchangeServices services, SharedState shared) => notifier =>
    [
        new DialogPackage(notifier, shared.Calls, services.Extensions, shared.Parking, options.Subscriptions),
        new MessageSummaryPackage(notifier, services.Mailboxes, options.Subscriptions),
        new PresencePackage(notifier, shared.Registrar, shared.Calls, shared.Publications, options.Subscriptions),
        new RegistrationPackage(notifier, shared.Registrar, options.Subscriptions),
        new ConferencePackage(notifier, shared.Rooms, services.Rooms, services.Extensions, options.Calls.RoomPrefix, options.Subscriptions),
    ];
}
