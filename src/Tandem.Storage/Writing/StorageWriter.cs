using System.Collections.Concurrent;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Outbox;

namespace Tandem.Storage.Writing;

/// <summary>
/// Writes behind the calls: producers queue and go on; one thread takes all that waits and commits it together. Writes of calls
/// gather for <see cref="StorageOptions.CallWriteDelay"/>, those of bindings for <see cref="StorageOptions.BindingWriteDelay"/>. While the
/// database is away it tries again in order, ever more slowly, and what memory should not hold goes to the spill file.
/// </summary>
/// <remarks>
/// Order of the waiting writes of calls, and of those of bindings: the batch in hand, the spill file, the queue. Between calls and
/// bindings there is none. <see cref="Enqueue"/> is thread-safe.
/// </remarks>
public sealed partial class StorageWriter : IAsyncDisposable
{
    private readonly StorageOptions _options;
    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;
    private readonly WriteBatch _writer;
    private readonly SpillFile _spill;
    private readonly SpillFile _rejected;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private readonly AutoResetEvent _hurry = new(false);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<WriteItem> _calls = new();
    private readonly ConcurrentQueue<WriteItem> _bindings = new();
    private readonly ConcurrentQueue<FlushWaiter> _flushes = new();
    private readonly ITimer _heartbeatTimer;
    private readonly ITimer _retryTimer;
    private readonly ITimer _gatherTimer;

    // Written by producers.
    private int _signalled;
    private int _gathering;
    private volatile bool _bindingsDue;
    private long _inMemory;
    private long _callsEnqueued;
    private long _bindingsEnqueued;
    private long _lost;

    // Owned by the writer's thread; the counters are read by others.
    private readonly List<WriteItem> _batch = [];
    private readonly Queue<WriteItem> _local = new();
    private bool _batchIsFromSpill;
    private int _batchLines;
    private int _batchBindings;
    private long _batchEnd;
    private bool _oneByOne;
    private int _delays = 1;
    private TimeSpan _pause;
    private long _retryAt;
    private long _heartbeatAt;
    private long _openCalls;
    private long _callsOut;
    private long _bindingsOut;
    private long _written;
    private long _commits;
    private long _failures;
    private long _rejectedRows;
    private volatile string _lastFailure = "";
    private volatile bool _away;
    private volatile bool _stopping;
    private volatile bool _abandon;
    private volatile bool _isAsleep;

    internal StorageWriter(TandemDatabase database, StorageOptions options, RunIdentity run, string dataDirectory, TimeProvider time)
    {
        _database = database;
        _options = options;
        _time = time;
        Run = run;
        Events = new EventClock(time);
        _writer = new WriteBatch(database, run, tenant => IsStreamed(tenant));
        _spill = new SpillFile(Path.Combine(dataDirectory, "waiting-writes.jsonl"), options.SpillFileLimit, run);
        _rejected = new SpillFile(Path.Combine(dataDirectory, "rejected-writes.jsonl"), options.SpillFileLimit, run);
        _thread = new Thread(Loop) { Name = "storage-writer", IsBackground = true };
        _heartbeatTimer = time.CreateTimer(static state => ((StorageWriter)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _retryTimer = time.CreateTimer(static state => ((StorageWriter)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _gatherTimer = time.CreateTimer(static state => ((StorageWriter)state!).WakeForBindings(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Numbers events in the order in which they are queued.</summary>
    internal EventClock Events { get; }

    /// <summary>Who writes.</summary>
    public RunIdentity Run { get; }

    /// <summary>Called on the writer's thread when there is something to tell the operator, with a text without secrets.</summary>
    public Action<StorageNotice, string>? Notice { get; set; }

    /// <summary>Called on the writer's thread after events went into the outbox; it must neither block nor throw.</summary>
    public Action? EventsWritten { get; set; }

    /// <summary>Called on the writer's thread after events may have gone into streams; it must neither block nor throw.</summary>
    public Action? StreamsWritten { get; set; }

    /// <summary>Called on the writer's thread with each call whose record is in the database; it must neither block nor throw. Set when there is somebody.</summary>
    public Action<CallId>? RecordWritten { get; set; }

    /// <summary>True once the thread has done what there was to do and until it is woken: what is queued from here on is the first that gathers.</summary>
    internal bool IsAsleep => _isAsleep;

    /// <summary>Tells whether the events of a tenant go into its stream.</summary>
    internal Func<TenantId, bool> IsStreamed { get; set; } = static _ => false;

    /// <summary>How near the queue is to losing writes: 0 empty, 1 full (<see cref="StorageOptions.WriteQueueHardLimit"/>).</summary>
    public double Pressure => (double)Interlocked.Read(ref _inMemory) / _options.WriteQueueHardLimit;

    /// <summary>How the writer stands now.</summary>
    public WriterStatistics Statistics() => new(
        Interlocked.Read(ref _inMemory), _spill.Lines, _spill.Bytes, Interlocked.Read(ref _written), Interlocked.Read(ref _commits),
        Interlocked.Read(ref _failures), Interlocked.Read(ref _rejectedRows), Interlocked.Read(ref _lost), _away, _lastFailure);

    /// <summary>Completes when everything that was queued before this call is in the database.</summary>
    public Task FlushAsync(CancellationToken cancellation = default)
    {
        // What leaves memory without having been written is in the spill file before it leaves.
        if (Interlocked.Read(ref _inMemory) == 0 && _spill.Lines == 0)
            return cancellation.IsCancellationRequested ? Task.FromCanceled(cancellation) : Task.CompletedTask;

        var waiter = new FlushWaiter(Interlocked.Read(ref _callsEnqueued), Interlocked.Read(ref _bindingsEnqueued));
        _flushes.Enqueue(waiter);
        WakeAtOnce();
        return waiter.Done.Task.WaitAsync(cancellation);
    }

    /// <summary>Writes what waits, at most for <see cref="StorageOptions.CloseTimeout"/>; the rest goes to the spill file.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _finished.TrySetResult();
        }
        else
        {
            WakeAtOnce();
            try
            {
                await _finished.Task.WaitAsync(_options.CloseTimeout, _time);
            }
            catch (TimeoutException)
            {
                _abandon = true;
                WakeAtOnce();
                await _finished.Task;
            }
        }

        await _heartbeatTimer.DisposeAsync();
        await _retryTimer.DisposeAsync();
        await _gatherTimer.DisposeAsync();
        _spill.Dispose();
        _rejected.Dispose();
    }

    /// <summary>Takes over what a former run left in the spill file, and starts the thread.</summary>
    /// <exception cref="StorageException">The files in DATA_DIR cannot be opened.</exception>
    internal void Start()
    {
        try
        {
            _spill.Open();
            _rejected.Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"the files of waiting writes in DATA_DIR cannot be opened: {e.Message}", e);
        }

        _heartbeatTimer.Change(_options.HeartbeatInterval, _options.HeartbeatInterval);
        _thread.Start();
        Wake();
    }

    /// <summary>Queues a write and returns at once.</summary>
    internal void Enqueue(WriteItem item)
    {
        if (Interlocked.Read(ref _inMemory) >= _options.WriteQueueHardLimit)
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        var waiting = Interlocked.Increment(ref _inMemory);
        if (!item.IsBinding)
        {
            Interlocked.Increment(ref _callsEnqueued);
            _calls.Enqueue(item.Kind is WriteKind.CallClosed or WriteKind.Event or WriteKind.StreamEvent or WriteKind.EventAndStream ? item with { Sequence = Events.Next() } : item);
            if (waiting == _options.WriteBatchLimit)
                WakeAtOnce();
            else
                Wake();
            return;
        }

        // The first that waits starts the time; the thread sleeps on until it is over, or until there is enough for a batch.
        Interlocked.Increment(ref _bindingsEnqueued);
        _bindings.Enqueue(item);
        var first = Interlocked.Exchange(ref _gathering, 1) == 0;
        if (_options.BindingWriteDelay <= TimeSpan.Zero || waiting >= _options.WriteBatchLimit)
            WakeForBindings();
        else if (first)
            _gatherTimer.Change(_options.BindingWriteDelay, Timeout.InfiniteTimeSpan);
    }

    private void WakeForBindings()
    {
        _bindingsDue = true;
        Wake();
    }

    // Ends a pause in which writes of calls gather.
    private void WakeAtOnce()
    {
        _hurry.Set();
        Wake();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
            _wake.Set();
    }
}
