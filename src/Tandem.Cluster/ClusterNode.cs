using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Tandem.Calls.Calls;
using Tandem.Calls.Edge;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Cluster.Bindings;
using Tandem.Cluster.Limits;
using Tandem.Cluster.Nodes;
using Tandem.Cluster.Redis;
using Tandem.Cluster.Resp;
using Tandem.Core.Net;

namespace Tandem.Cluster;

/// <summary>
/// A node among others: it tells Redis of its bindings and calls, and keeps a copy of the others' bindings. Shards only queue events and read
/// memory. While Redis is away the node goes on alone; when it is back, the node tells all of its bindings and calls anew, takes out those that left meanwhile, and reads those of the others.
/// </summary>
/// <remarks>
/// Keys: <c>tandem:aor:&lt;tenant&gt;:&lt;number&gt;</c> is a hash of the bindings of a number, <c>tandem:node:&lt;name&gt;</c> a node that lives, changes are told on the channel <c>tandem:bindings</c>, what each node uses of limits, and that PINs were typed;
/// <c>call:&lt;id&gt;</c> and <c>session:&lt;id&gt;</c> are document 3's, <c>tandem:calls:&lt;name&gt;</c> is the set of those of a node, and <c>tandem:told:&lt;name&gt;</c> says that what stands there of a node is all it has.
/// </remarks>
public sealed partial class ClusterNode : IEventSink, ISharedCounter, IAsyncDisposable
{
    private const string Channel = "tandem:bindings";
    private const string AorPrefix = "tandem:aor:";
    private const string NodePrefix = "tandem:node:";
    private const string CallsPrefix = "tandem:calls:";
    private const string ToldPrefix = "tandem:told:";
    private const string RatePrefix = "tandem:rate:";
    private const string ScanCount = "500";

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly ClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly string _node;
    private readonly RedisClient _client;
    private readonly RedisSubscriber _subscriber;
    private readonly RemoteBindings _remote;
    private readonly NodeTable _nodes;
    private readonly RemoteUse _remoteUse;
    private readonly Lock _applying = new();
    private readonly Channel<ExchangeEvent> _events;
    private readonly ITimer _sweep;
    private readonly ITimer _heartbeat;
    private readonly PeriodicTimer _useTimer;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _loading = new(1);

    // Bindings of which a change was heard while all are read: what was read may be older. Null while nothing is read.
    private HashSet<string>? _heardMeanwhile;
    private readonly byte[] _callLifetime;

    // Who tells looks at what is there and tells it in one go: what comes later has the last word.
    private readonly Lock _saying = new();
    private Task _work = Task.CompletedTask;
    private long _dropped;

    /// <param name="node">The name of this node; the same over restarts, another than that of every other.</param>
    public ClusterNode(RedisAddress address, ClusterOptions options, string node, TimeProvider time)
    {
        _options = options;
        _time = time;
        _node = node;
        _portion = Math.Clamp(options.QueueLimit / CommandsOfOne, 1, MaxPortion);
        _client = new RedisClient(address, options, time) { Connected = Connected };
        _subscriber = new RedisSubscriber(address, options, time, Channel, Hear) { Subscribed = Subscribed };
        _remote = new RemoteBindings(options.MaxRemoteBindings, time);
        _nodes = new NodeTable(options.MaxNodes, options.NodeLifetime, time);
        _remoteUse = new RemoteUse(options.MaxRemoteUse, TimeSpan.FromTicks(Math.Max(options.UseLifetime.Ticks, 2 * options.UseInterval.Ticks)), time);
        _events = System.Threading.Channels.Channel.CreateBounded<ExchangeEvent>(
            new BoundedChannelOptions(options.QueueLimit) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _sweep = time.CreateTimer(static state => ((ClusterNode)state!).Sweep(), this, SweepInterval, SweepInterval);
        _useTimer = new PeriodicTimer(options.UseInterval, time);
        _usedAt = time.GetTimestamp();
        _heartbeat = time.CreateTimer(static state => ((ClusterNode)state!).TellSelf(), this, options.NodeHeartbeat, options.NodeHeartbeat);
        _callLifetime = Encoding.ASCII.GetBytes(((long)options.CallLifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The bindings of other nodes.</summary>
    public IRemoteBindings Remote => _remote;

    /// <summary>The other nodes.</summary>
    public INodeDirectory Nodes => _nodes;

    /// <summary>Where the other nodes reach this one by SIP. Unspecified: they are not told. Set before <see cref="Start"/>.</summary>
    public NetAddress Address { get; set; }

    /// <summary>The Route over this node to a phone that only it reaches; null for others. Set before <see cref="Start"/>.</summary>
    public Func<Binding, string?>? RouteTo { get; set; }

    /// <summary>True while the node is not alone.</summary>
    public bool IsConnected => _client.IsConnected;

    /// <summary>All bindings of this node, told anew after each connection. Set before <see cref="Start"/>.</summary>
    public Func<IReadOnlyList<Binding>>? Local { get; set; }

    /// <summary>The bindings of a number as they are now; without it what was told is not looked at again. Set before <see cref="Start"/>.</summary>
    public Func<TenantId, string, IReadOnlyList<Binding>>? LocalOf { get; set; }

    /// <summary>All calls of this node, told anew after each connection. Set before <see cref="Start"/>.</summary>
    public Func<IReadOnlyList<CallSnapshot>>? Calls { get; set; }

    /// <summary>A call as it is now; null when it has ended. Set before <see cref="Start"/>.</summary>
    public Func<CallId, CallSnapshot?>? CallOf { get; set; }

    /// <summary>Hears when Redis went away, with the reason.</summary>
    public Action<string>? Lost { get => _client.Lost; set => _client.Lost = value; }

    /// <summary>Hears when Redis answers, and for the first time too.</summary>
    public Action? Found { get; set; }

    public ClusterStatistics Statistics() => new(_client.Statistics(), _remote.Count, _nodes.Count, _subscriber.Messages, Interlocked.Read(ref _dropped), _remoteUse.Count, _remoteUse.Refused, Interlocked.Read(ref _useFailures), Interlocked.Read(ref _useSkipped));

    /// <summary>Begins to connect and to tell; returns at once.</summary>
    public void Start()
    {
        _client.Start();
        _subscriber.Start();
        _work = Task.WhenAll(Task.Run(WorkAsync), Task.Run(TellUseAsync));
    }

    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        if (exchangeEvent is not (RegistrationEvent or CallCreated or CallRinging or CallAnswered or CallEnded) || !_client.IsConnected)
            return;

        if (_events.Writer.TryWrite(exchangeEvent))
            return;

        Interlocked.Increment(ref _dropped);
        Missed();
    }

    /// <inheritdoc/>
    public async Task<long?> CountAsync(string key, int add, TimeSpan lifetime)
    {
        if (!IsConnected)
            return null;

        try
        {
            var name = RatePrefix + key;
            var sum = _client.AskAsync(RedisCommand.Of("INCRBY", name, add.ToString(CultureInfo.InvariantCulture)));
            _client.Post(RedisCommand.Of("PEXPIRE", name, ((long)lifetime.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), "NX"));
            return (await sum).Integer;
        }
        catch (RedisException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        _useTimer.Dispose();
        await _work;
        await _stop.CancelAsync();
        await _subscriber.DisposeAsync();
        await _client.DisposeAsync();
        await _sweep.DisposeAsync();
        await _heartbeat.DisposeAsync();
        _stop.Dispose();
    }

    private static string AorKey(SharedBinding binding) => $"{AorPrefix}{binding.Tenant}:{binding.Number}";

    private static RedisCommand Command(string name, string key, params ReadOnlySpan<ReadOnlyMemory<byte>> more) =>
        new([Encoding.ASCII.GetBytes(name), Encoding.UTF8.GetBytes(key), .. more]);

    private async Task WorkAsync()
    {
        await foreach (var happened in _events.Reader.ReadAllAsync())
        {
            lock (_saying)
                Tell(happened);
        }
    }

    private void Sweep()
    {
        lock (_applying)
        {
            _remote.Sweep();
            _remoteUse.Sweep();
            if (IsConnected)
                _nodes.Sweep();
        }
    }
}
