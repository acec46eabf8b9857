using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Limits;
using Tandem.Calls.Ports;
using Tandem.Calls.Queues;
using Tandem.Calls.Registrar;
using Tandem.Calls.Rooms;
using Tandem.Calls.Routing;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Shards;

/// <summary>
/// The exchange: its shards, the tables that they share, and the door for API, console and command line. Thread-safe; what it
/// changes it changes on the shard that owns it.
/// </summary>
public sealed partial class Exchange
{
    private readonly SharedState _shared;
    private readonly ExchangeServices _services;
    private readonly ExchangeShard[] _shards;
    private readonly CommandDesk _commands;
    private int _originations;

    public Exchange(ExchangeOptions options, ExchangeServices services)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Shards, 1);
        Options = options;
        _shared = new SharedState(options, services.Media, services.Tenants) { Trunks = new TrunkTable(services.TlsIdentities) };
        _shared.Watch = new StateWatch(services.Events, _shared.Subscriptions) { Monitors = _shared.Monitors, RoomPrefix = options.Calls.RoomPrefix };
        _shared.Watch.Others = id => _shared.Calls.Find(id)?.Others;
        services = services with { Events = new QueueWatch(_shared.Watch, _shared.Queues) };
        _services = services;
        _shards = new ExchangeShard[options.Shards];
        for (var i = 0; i < _shards.Length; i++)
            _shards[i] = new ExchangeShard(i, options, services, _shared);
        _shared.Shards = _shards;
        _commands = new CommandDesk(_shared.Calls);
        _shared.Parking.IsHidden = (tenant, number) =>
            _shared.Queues.At(tenant, number) is not null || (_shared.Domains.CanHave(tenant, number) && services.Extensions.Find(tenant, number) is not null);
        _shared.Watch.Tell = (shard, change) => _shards[shard].Post(() => _shards[shard].Notifier.Changed(change));
        Refusals = new TenantRefusals(services.Events);
        _shared.Domains.LimitReached = (tenant, limit, most, now) => Refusals.Count(tenant, limit, most, services.WallClock.ToUtc(now));
        QueueDriver.Start(_shared, services, _shards[0]);
        services.Profiles.Changed = ProfileChanged;
        services.Mailboxes.Changed = (tenant, number) => _shared.Watch.Changed(new StateChange(new AorKey(tenant, number), WatchedStates.Mailbox));
    }

    public ExchangeOptions Options { get; }

    /// <summary>How often which tenant was refused by its limits.</summary>
    public TenantRefusals Refusals { get; }

    /// <summary>What the other nodes use of the limits of tenants and profiles; null where the node is alone. Set before the loops start.</summary>
    public IRemoteUse? RemoteUse
    {
        get => _shared.TenantCalls.Remote;
        set => (_shared.TenantCalls.Remote, _shared.Trunks.Remote) = (value, value);
    }

    /// <summary>What tenants and profiles use at this node.</summary>
    /// <param name="seconds">How long ago it was asked last.</param>
    public IReadOnlyList<ToldUse> CollectUse(double seconds)
    {
        var all = new List<ToldUse>();
        _shared.TenantCalls.Collect(all, seconds);
        _shared.Trunks.Collect(all, seconds);
        return all;
    }

    /// <summary>The shards, to be driven by one loop each.</summary>
    public IReadOnlyList<ExchangeShard> Shards => _shards;

    /// <summary>Where a call would go, and why; it is not placed.</summary>
    public Task<RouteExplanation> ExplainAsync(RouteInquiry inquiry) => AnsweredAsync(_shards[0].Post, () => _shards[0].Explain(inquiry));

    /// <summary>All bindings.</summary>
    public RegistrarTable Registrar => _shared.Registrar;

    /// <summary>Rooms that calls meet in.</summary>
    public RoomTable Rooms => _shared.Rooms;

    /// <summary>Supervisors who monitor calls.</summary>
    public Monitoring.MonitorTable Monitors => _shared.Monitors;

    /// <summary>The parked calls of a tenant, by slot; from any thread.</summary>
    public IReadOnlyList<Parking.ParkedCall> Parked(TenantId tenant) => _shared.Parking.Of(tenant);

    /// <summary>What became of parked calls, and of those that were picked up; from any thread.</summary>
    public Parking.ParkingStatistics Parking => _shared.Parking.Statistics;

    /// <summary>The queues of this node.</summary>
    public QueueDesk Queues => _shared.Queues;

    /// <summary>True from <see cref="BeginDrain"/> on.</summary>
    public bool IsDraining => _shared.IsDraining;

    /// <summary>Takes back the bindings that survived a restart; before the loops start.</summary>
    public int RestoreBindings(Moment now) => _shared.Registrar.Restore(_services.Bindings, now, _services.WallClock.ToUtc(now));

    /// <summary>
    /// Tells the exchange that a stream connection ended: flows of RFC 5626 on it are over. From any thread; the transport has forgotten
    /// the connection before.
    /// </summary>
    public void ConnectionClosed(long connection)
    {
        if (!IsHeld(connection))
            return;

        foreach (var shard in _shards)
            shard.Post(() => shard.ConnectionLost(connection));
    }

    /// <summary>True when something lives on this connection that ends with it: a binding of a phone, or a registration of ours.</summary>
    public bool IsHeld(long connection) => _shared.Registrar.IsHeld(connection) || _shared.Trunks.IsHeld(connection);

    /// <summary>The SIP profiles: how they stand and what they carry.</summary>
    public TrunkTable Trunks => _shared.Trunks;

    /// <summary>Begins to register the profiles of the directory, and to follow its changes; once, when requests can be sent.</summary>
    public void StartProfiles()
    {
        var mine = _services.Profiles.All().ToLookup(profile => ShardOf(profile.Id));
        for (var i = 0; i < _shards.Length; i++)
        {
            var shard = _shards[i];
            var profiles = mine[i];
            shard.Post(() => shard.Trunks.Start(profiles));
        }
    }

    /// <summary>The subscriptions of a tenant, by watched number.</summary>
    public IReadOnlyList<SubscriptionRecord> Subscriptions(TenantId tenant) => _shared.Subscriptions.List(tenant);

    /// <summary>
    /// Ends all subscriptions with a NOTIFY that tells their watchers to come back after <paramref name="retryAfter"/> seconds, or at
    /// once when it is 0 (RFC 6665 §4.1.3: probation, deactivated). The NOTIFYs go out on the shards.
    /// </summary>
    public void EndSubscriptions(int retryAfter)
    {
        var reason = retryAfter > 0 ? EndOfSubscription.Probation : EndOfSubscription.Deactivated;
        foreach (var shard in _shards)
            shard.Post(() => shard.Notifier.EndAll(reason, retryAfter));
    }

    /// <summary>
    /// Ends what an extension watches, because its credentials have changed: with the new ones it may subscribe again. When it was
    /// removed or disabled, what others watch of it ends too (RFC 6665 §4.1.3: noresource).
    /// </summary>
    public void EndSubscriptionsOf(TenantId tenant, string number)
    {
        var key = new AorKey(tenant, number);
        var isGone = _services.Extensions.Find(tenant, number) is not { Enabled: true };
        foreach (var shard in _shards)
        {
            shard.Post(() =>
            {
                shard.Notifier.EndAll(EndOfSubscription.Deactivated, watcher: key);
                if (isGone)
                    shard.Notifier.EndAllTo(key);
            });
        }
    }

    /// <summary>New calls get 503 with Retry-After from now on, but those for help; calls in progress go on.</summary>
    public void BeginDrain() => _shared.IsDraining = true;

    /// <summary>
    /// Drains: no new calls but those for help; those in progress may end by themselves for <paramref name="grace"/> and get BYE then. Completes when
    /// all are over and their BYEs and the last NOTIFYs are answered, or <paramref name="farewell"/> after the BYEs.
    /// </summary>
    public async Task DrainAsync(TimeSpan grace, TimeSpan farewell, TimeProvider time, CancellationToken cancellation = default)
    {
        BeginDrain();
        await WaitAsync(() => CallCount == 0, grace, time, cancellation).ConfigureAwait(false);
        _shared.IsClosing = true;
        Interlocked.MemoryBarrier();
        foreach (var call in _shared.Calls.All())
            HangUp(call.Model.Id, EndReason.Shutdown);

        EndSubscriptions(Options.Calls.DrainRetryAfter);
        foreach (var shard in _shards)
            shard.Post(shard.Trunks.Stop);
        await WaitAsync(
            () => CallCount == 0 && Sum(s => s.Farewells) == 0 && _shared.Subscriptions.Count == 0 && Sum(s => s.Trunks.Count + s.Trunks.Unregistering) == 0,
            farewell, time, cancellation).ConfigureAwait(false);
    }

    /// <summary>How full the tables are.</summary>
    public ExchangeStatistics Statistics()
    {
        var states = new Dictionary<CallState, int>();
        foreach (var call in _shared.Calls.All())
        {
            var state = call.Model.State;
            states[state] = states.GetValueOrDefault(state) + 1;
        }

        return new ExchangeStatistics
        {
            Calls = CallCount,
            CallsByState = states,
            ServerTransactions = Sum(s => s.Engine.ServerTransactions),
            ClientTransactions = Sum(s => s.Engine.ClientTransactions),
            Dialogs = Sum(s => s.Engine.Dialogs.Count),
            OpenTransactions = OpenTransactions(),
            Timers = Sum(s => s.Timers),
            Turns = Sum(s => s.Turns.Count),
            ReferSubscriptions = Sum(s => s.ReferSubscriptions),
            Bindings = _shared.Registrar.Count,
            Subscriptions = _shared.Subscriptions.Count,
            SubscriptionKeys = _shared.Subscriptions.Keys,
            Publications = _shared.Publications.Count,
            MessagesUnderWay = (int)_shards.Sum(s => s.MessageCounters.UnderWay),
            NotifiesUnderWay = Sum(s => s.Notifier.UnderWay),
            PortsInUse = _services.Media.PortsInUse,
            PortsInQuarantine = _services.Media.PortsInQuarantine,
            CallsCreated = _shards.Sum(s => s.Counters.Created),
            Faults = _shards.Sum(s => s.Counters.Faults),
            Overloaded = _shards.Sum(s => s.Counters.Overloaded),
            Refused = _shards.Sum(s => s.Engine.Overload.Refused),
            OverloadLevel = _shards.Max(s => s.Engine.Overload.Level),
            Lag = _shards.Max(s => s.Engine.Overload.Lag),
            Loops = _shards.Sum(s => s.Counters.Loops),
            FlowsEnded = _shards.Sum(s => s.RegistrarCounters.FlowsEnded),
            FlowsLost = _shards.Sum(s => s.RegistrarCounters.FlowsLost),
            Undelivered = _shards.Sum(s => s.Engine.Counters[EngineCounter.Undelivered]),
            Resolution = ResolutionStatistics.Of(_shards),
        };
    }

    private int ShardOf(ProfileId id) => ShardSelector.PickForUser(id.Value, _shards.Length);

    private void ProfileChanged(ProfileId id)
    {
        var shard = _shards[ShardOf(id)];
        shard.Post(() => shard.Trunks.Apply(id));
    }

    // What fails on the shard is the asker's, and the shard goes on.
    private static Task<T> AnsweredAsync<T>(Action<Action> post, Func<T> work)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        post(() =>
        {
            try
            {
                answer.SetResult(work());
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        });
        return answer.Task;
    }

    private int OpenTransactions() => Sum(s => s.OpenTransactions);

    private int Sum(Func<ExchangeShard, int> number) => _shards.Sum(number);

    private static async Task WaitAsync(Func<bool> reached, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), time);
        var started = time.GetTimestamp();
        while (!reached() && time.GetElapsedTime(started) < limit)
            await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false);
    }
}
