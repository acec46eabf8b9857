using Tandem.Calls.Tenants;
using Tandem.Server.Metrics;
using Tandem.Storage;

namespace Tandem.Server.Streams;

/// <summary>
/// Brings written events to those who follow them. One thread reads each stream that has followers once, behind what it read last, whenever the writer
/// has committed something (and now and then, for other nodes); it also deletes what is too old.
/// </summary>
public sealed class EventHub : IMetricSource, IDisposable
{
    private const int ReadBatch = 500;
    private const int PurgeBatch = 1_000;
    private static readonly TimeSpan LongestUpkeep = TimeSpan.FromMinutes(1);

    private readonly EventStreamOptions _options;
    private readonly TandemStorage _storage;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, StreamTail> _tails = [];
    private readonly HashSet<StreamFollower> _followers = [];
    private int _clients;
    private readonly AutoResetEvent _wake = new(false);
    private readonly TimeSpan _upkeep;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private DateTimeOffset _upkeepAt;
    private long _sent;
    private long _slow;
    private long _gaps;
    private long _failures;

    public EventHub(EventStreamOptions options, TandemStorage storage, TimeProvider time)
    {
        _options = options;
        _upkeep = UpkeepOf(options);
        _storage = storage;
        _time = time;
        _thread = new Thread(Loop) { Name = "events", IsBackground = true };
    }

    /// <summary>The limits.</summary>
    public EventStreamOptions Options => _options;

    /// <summary>Begins; once.</summary>
    public void Start()
    {
        _storage.Writer.StreamsWritten = Wake;
        _thread.Start();
    }

    /// <summary>Takes a client in: the stream of its tenant is written from now on. Null when there are too many.</summary>
    /// <exception cref="System.Data.Common.DbException">The database is away.</exception>
    public StreamTail? Join(TenantId tenant)
    {
        if (!HasPlace(tenant))
            return null;

        var now = _time.GetUtcNow();
        var last = _storage.Streams.Want(tenant, now, now + _options.Retention);
        lock (_lock)
        {
            if (!HasPlace(tenant))
                return null;

            if (!_tails.TryGetValue(tenant, out var tail))
                _tails.Add(tenant, tail = new StreamTail(tenant, _options.Tail, last));
            tail.Clients++;
            _clients++;
            return tail;
        }
    }

    /// <summary>A client that joined is served; for the numbers of who lags behind.</summary>
    public void Serve(StreamFollower follower)
    {
        lock (_lock)
            _followers.Add(follower);
    }

    /// <summary>A client that joined is gone.</summary>
    public void Leave(StreamTail tail, StreamFollower? follower)
    {
        lock (_lock)
        {
            if (follower is not null)
                _followers.Remove(follower);
            _clients--;
            tail.Clients--;
            if (tail.Clients == 0)
                _tails.Remove(tail.Tenant);
        }
    }

    /// <summary>Events were sent.</summary>
    public void CountSent(int events) => Interlocked.Add(ref _sent, events);

    /// <summary>A client was too slow.</summary>
    public void CountSlow() => Interlocked.Increment(ref _slow);

    /// <summary>A client was away for longer than events are kept.</summary>
    public void CountGap() => Interlocked.Increment(ref _gaps);

    /// <summary>Clients that follow.</summary>
    public int Clients
    {
        get
        {
            lock (_lock)
                return _clients;
        }
    }

    /// <summary>Events that the client that is worst off has not got yet.</summary>
    public long Lag
    {
        get
        {
            lock (_lock)
                return _followers.Count == 0 ? 0 : _followers.Max(follower => follower.Lag);
        }
    }

    /// <summary>The newest event of a tenant that those who follow can have; 0 when nobody follows.</summary>
    public long Last(TenantId tenant)
    {
        lock (_lock)
            return _tails.TryGetValue(tenant, out var tail) ? tail.Last : 0;
    }

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        var inMemory = Tails().Sum(tail => tail.Count);
        page.Gauge("tandem_event_stream_clients", "Clients that follow events over WebSocket.", Clients);
        page.Gauge("tandem_event_streams", "Tenants whose events are kept for who follows them.", _storage.Streams.Count);
        page.Gauge("tandem_event_stream_memory_events", "Events in memory for those who follow.", inMemory);
        page.Gauge("tandem_event_stream_lag_events", "Events that the client that is worst off has not got yet.", Lag);
        page.Family("tandem_event_stream_sent_total", "counter", "Events that were sent to clients.").Sample(Interlocked.Read(ref _sent));
        page.Family("tandem_event_stream_slow_total", "counter", "Clients that were dropped as too slow.").Sample(Interlocked.Read(ref _slow));
        page.Family("tandem_event_stream_gaps_total", "counter", "Clients that were told that events are missing, because they were away for too long.").Sample(Interlocked.Read(ref _gaps));
        page.Family("tandem_event_stream_failures_total", "counter", "Reads of streams that failed, because the database was away.").Sample(Interlocked.Read(ref _failures));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_stopping)
            return; // the container knows it by two names

        _stopping = true;
        _storage.Writer.StreamsWritten = null;
        _wake.Set();
        if (_thread.IsAlive)
            _thread.Join();

        // The event itself is left to the collector: the writer may be about to set it.
    }

    /// <summary>How often streams that have followers are prolonged: well before they would end.</summary>
    internal static TimeSpan UpkeepOf(EventStreamOptions options) => options.Retention / 4 < LongestUpkeep ? options.Retention / 4 : LongestUpkeep;

    // On the writer's thread, after each batch.
    private void Wake() => _wake.Set();

    private void Loop()
    {
        var refreshAt = DateTimeOffset.MinValue;
        while (!_stopping)
        {
            try
            {
                var now = _time.GetUtcNow();
                if (now >= refreshAt)
                {
                    refreshAt = now + _options.PollInterval;
                    _storage.Streams.Refresh(now);
                }

                foreach (var tail in Tails())
                    Read(tail);
                if (now >= _upkeepAt)
                {
                    _upkeepAt = now + _upkeep;
                    KeepUp(now);
                }
            }
            catch (Exception)
            {
                // The database is away: nothing is lost, the next round reads on.
                Interlocked.Increment(ref _failures);
            }

            if (!_stopping)
                _wake.WaitOne(_options.PollInterval);
        }
    }

    private bool HasPlace(TenantId tenant)
    {
        lock (_lock)
            return _clients < _options.MaxClients && (!_tails.TryGetValue(tenant, out var tail) || tail.Clients < _options.MaxPerTenant);
    }

    private StreamTail[] Tails()
    {
        lock (_lock)
            return [.. _tails.Values];
    }

    private void Read(StreamTail tail)
    {
        while (!_stopping)
        {
            var events = _storage.Streams.After(tail.Tenant, tail.Last, ReadBatch);
            if (events.Count == 0)
                return;

            tail.Append([.. events.Select(StreamEvent.From)]);
            if (events.Count < ReadBatch)
                return;
        }
    }

    private void KeepUp(DateTimeOffset now)
    {
        foreach (var tail in Tails())
            _storage.Streams.Want(tail.Tenant, now, now + _options.Retention);
        while (!_stopping && _storage.Streams.Purge(now - _options.Retention, _options.KeepMost, PurgeBatch) == PurgeBatch)
        {
        }
    }
}
