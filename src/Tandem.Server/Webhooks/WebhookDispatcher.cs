using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Data.Common;
using Tandem.Calls.Tenants;
using Tandem.Storage;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Webhooks;

/// <summary>
/// Takes events from the outbox to the webhooks: one thread works the database, many attempts are under way. Only the node that holds the
/// lease does so. Delivered is what a receiver answered with 2xx; a process that dies in between sends the event once more, with the same
/// id: at least once.
/// </summary>
public sealed partial class WebhookDispatcher : IAsyncDisposable
{
    private const string LeaseName = "webhooks";
    private const int RelayBatch = 500;
    private const int RelaysPerTurn = 10;
    private const int PurgeBatch = 1_000;

    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Upkeep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly WebhookOptions _options;
    private readonly TandemStorage _storage;
    private readonly WebhookSender _sender;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception?> _warn;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<DeliveryResult> _results = new();
    private readonly ConcurrentQueue<string> _touched = new();

    // Replaced as a whole by the thread; read on shards.
    private volatile FrozenDictionary<TenantId, Webhook[]> _byTenant = FrozenDictionary<TenantId, Webhook[]>.Empty;
    private volatile bool _stopping;
    private volatile bool _refresh = true;
    private volatile bool _isLeader;

    // Owned by the thread.
    private readonly Dictionary<string, WebhookLane> _lanes = [];
    private readonly List<DeliveryResult> _unsaved = [];
    private readonly Dictionary<TenantId, int> _inFlightOf = [];
    private int _turns;
    private long _version = -1;
    private DateTimeOffset _pollAt;
    private DateTimeOffset _leaseAt;
    private DateTimeOffset _upkeepAt;
    private bool _isAway;

    // Read by others.
    private long _outboxLength;
    private long _waiting;
    private int _inFlight;
    private long _delivered;
    private long _failed;
    private long _dead;
    private long _dropped;

    /// <param name="warn">Hears what an operator should know; it must not throw.</param>
    public WebhookDispatcher(WebhookOptions options, TandemStorage storage, WebhookSender sender, TimeProvider time, Action<string, Exception?> warn)
    {
        _options = options;
        _storage = storage;
        _sender = sender;
        _time = time;
        _warn = warn;
        _thread = new Thread(Loop) { Name = "webhooks", IsBackground = true };
    }

    /// <summary>Hears of each attempt and when it began; it must not throw. Set when there is somebody.</summary>
    public Action<WebhookDelivery, DeliveryAttempt, DateTimeOffset>? Attempted { get; set; }

    /// <summary>How it stands.</summary>
    public WebhookStatistics Statistics() => new(
        _isLeader, _byTenant.Values.Sum(webhooks => webhooks.Length), Interlocked.Read(ref _outboxLength), Interlocked.Read(ref _waiting),
        Volatile.Read(ref _inFlight), Interlocked.Read(ref _delivered), Interlocked.Read(ref _failed), Interlocked.Read(ref _dead), Interlocked.Read(ref _dropped));

    /// <summary>Reads the webhooks and begins. From here on the outbox gets what they take.</summary>
    /// <exception cref="DbException">The database is away.</exception>
    public void Start()
    {
        Refresh();
        _storage.Outbox.IsWanted = IsWanted;
        _storage.Webhooks.Changed = () =>
        {
            _refresh = true;
            _wake.Set();
        };
        _storage.Writer.EventsWritten = () =>
        {
            // Without a webhook nobody waits for them, and the next poll takes them out of the outbox.
            if (_byTenant.Count > 0)
                _wake.Set();
        };
        _thread.Start();
    }

    /// <summary>Looks at once for what is due for a webhook: something was added or is to be replayed.</summary>
    public void Touch(string webhook)
    {
        _touched.Enqueue(webhook);
        _wake.Set();
    }

    /// <summary>Stops; attempts under way are given up and are made once more after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _storage.Writer.EventsWritten = null;
        _storage.Webhooks.Changed = null;
        _stopping = true;
        await _stop.CancelAsync();
        _wake.Set();
        if (_thread.IsAlive)
            await Task.Run(_thread.Join);
    }

    private bool IsWanted(TenantId tenant, string type)
    {
        if (!_byTenant.TryGetValue(tenant, out var webhooks))
            return false;

        foreach (var webhook in webhooks)
        {
            if (webhook.Enabled && webhook.Takes(type))
                return true;
        }

        return false;
    }

    private async Task AttemptAsync(Webhook webhook, WebhookDelivery delivery)
    {
        try
        {
            var began = _time.GetUtcNow();
            var attempt = await _sender.SendAsync(webhook, delivery, _stop.Token);
            Attempted?.Invoke(delivery, attempt, began);
            _results.Enqueue(Judge(delivery, attempt));
        }
        catch (OperationCanceledException)
        {
            // The server stops: the row is as it was, and the next run takes it up.
        }
        catch (Exception e)
        {
            _warn("an attempt to deliver an event failed in a way that was not foreseen", e);
            _results.Enqueue(Judge(delivery, new DeliveryAttempt(0, e.Message)));
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
            _wake.Set();
        }
    }

    private DeliveryResult Judge(WebhookDelivery delivery, DeliveryAttempt attempt)
    {
        var now = _time.GetUtcNow();
        if (attempt.IsDelivered)
        {
            Interlocked.Increment(ref _delivered);
            return new DeliveryResult(delivery, DeliveryState.Delivered, attempt.Status, "", now);
        }

        Interlocked.Increment(ref _failed);
        var made = delivery.Attempts + 1;
        if (attempt.IsFinal || made >= _options.Attempts)
        {
            Interlocked.Increment(ref _dead);
            return new DeliveryResult(delivery, DeliveryState.Dead, attempt.Status, attempt.Error, now);
        }

        var pause = RetryPlan.Pause(_options, made, Random.Shared.NextDouble(), attempt.RetryAfter);
        return new DeliveryResult(delivery, DeliveryState.Pending, attempt.Status, attempt.Error, now + pause);
    }
}
