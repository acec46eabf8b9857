using System.Collections.Concurrent;
using System.Data.Common;
using Tandem.Storage.Database;

namespace Tandem.Storage.Writing;

/// <summary>
/// Writes behind the calls: producers queue and go on; one thread takes all that waits and commits it together. Writes of calls
/// go at once; those of bindings gather for <see cref="StorageOptions.BindingWriteDelay"/>. While the database is away it tries again in order, ever more slowly, and what memory should not hold
/// goes to the spill file.
/// </summary>
/// <remarks>
/// Order of the waiting writes of calls, and of those of bindings: the batch in hand, the spill file, the queue. Between calls and
/// bindings there is none. <see cref="Enqueue"/> is thread-safe.
/// </remarks>
public sealed class StorageWriter : IAsyncDisposable
{
    private readonly StorageOptions _options;
    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;
    private readonly WriteBatch _writer;
    private readonly SpillFile _spill;
    private readonly SpillFile _rejected;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
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

    internal StorageWriter(TandemDatabase database, StorageOptions options, RunIdentity run, string dataDirectory, TimeProvider time)
    {
        _database = database;
        _options = options;
        _time = time;
        Run = run;
        _writer = new WriteBatch(database, run);
        _spill = new SpillFile(Path.Combine(dataDirectory, "waiting-writes.jsonl"), options.SpillFileLimit, run);
        _rejected = new SpillFile(Path.Combine(dataDirectory, "rejected-writes.jsonl"), options.SpillFileLimit, run);
        _thread = new Thread(Loop) { Name = "storage-writer", IsBackground = true };
        _heartbeatTimer = time.CreateTimer(static state => ((StorageWriter)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _retryTimer = time.CreateTimer(static state => ((StorageWriter)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _gatherTimer = time.CreateTimer(static state => ((StorageWriter)state!).WakeForBindings(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Who writes.</summary>
    public RunIdentity Run { get; }

    /// <summary>Called on the writer's thread when there is something to tell the operator, with a text without secrets.</summary>
    public Action<StorageNotice, string>? Notice { get; set; }

    /// <summary>How near the queue is to losing writes: 0 empty, 1 full (<see cref="StorageOptions.WriteQueueHardLimit"/>).</summary>
    public double Pressure => (double)Interlocked.Read(ref _inMemory) / _options.WriteQueueHardLimit;

    /// <summary>How the writer stands now.</summary>
    public WriterStatistics Statistics() => new(
        Interlocked.Read(ref _inMemory), _spill.Lines, _spill.Bytes, Interlocked.Read(ref _written), Interlocked.Read(ref _commits),
        Interlocked.Read(ref _failures), Interlocked.Read(ref _rejectedRows), Interlocked.Read(ref _lost), _away, _lastFailure);

    /// <summary>Completes when everything that was queued before this call is in the database.</summary>
    public Task FlushAsync(CancellationToken cancellation = default)
    {
        var waiter = new FlushWaiter(Interlocked.Read(ref _callsEnqueued), Interlocked.Read(ref _bindingsEnqueued));
        _flushes.Enqueue(waiter);
        Wake();
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
            Wake();
            try
            {
                await _finished.Task.WaitAsync(_options.CloseTimeout, _time);
            }
            catch (TimeoutException)
            {
                _abandon = true;
                Wake();
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
            _calls.Enqueue(item);
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

    private void Wake()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
            _wake.Set();
    }

    private void Loop()
    {
        var lostSeen = 0L;
        while (true)
        {
            _wake.WaitOne();
            Interlocked.Exchange(ref _signalled, 0);
            while (!_abandon && Turn())
            {
            }

            if (Interlocked.Read(ref _lost) is var lost && lost > lostSeen)
            {
                lostSeen = lost;
                Notice?.Invoke(StorageNotice.WritesLost, $"{lost} writes were dropped: the database is away and the spill file cannot take more");
            }

            if (_abandon)
                SpillDownTo(0);
            if (_abandon || (_stopping && IsIdle))
                break;
        }

        _writer.Dispose();
        _finished.TrySetResult();
    }

    private bool IsIdle => _batch.Count == 0 && _spill.Lines == 0 && _local.Count == 0 && _calls.IsEmpty && _bindings.IsEmpty;

    // One attempt to write one batch; true when there may be more to do at once.
    private bool Turn()
    {
        TakeQueued(_bindingsDue || _stopping || !_flushes.IsEmpty);
        var now = _time.GetTimestamp();
        if (_away && now < _retryAt)
        {
            KeepMemorySmall();
            return false;
        }

        try
        {
            Fill();
            var heartbeat = _openCalls > 0 && now >= _heartbeatAt;
            if (_batchLines == 0 && !heartbeat)
            {
                SettleFlushes();
                return false;
            }

            if (_oneByOne)
                WriteOneByOne();
            else
                _writer.Write(_batch, heartbeat ? _time.GetUtcNow().ToStored() : null);

            // Half an interval, so that a timer that comes a little early still finds it due; a busy writer carries it along sooner.
            if (heartbeat)
                _heartbeatAt = now + (long)(_options.HeartbeatInterval.TotalSeconds / 2 * _time.TimestampFrequency);
            Settle();
            return true;
        }
        catch (DbException e) when (_database.IsDataFault(e) && !_oneByOne)
        {
            // Some row can never be written: find it by writing each alone.
            _oneByOne = true;
            return true;
        }
        catch (Exception e)
        {
            // Whatever it was, the writes are kept and tried again: this thread must never end before the process.
            Failed(e);
            return false;
        }
    }

    private void TakeQueued(bool withBindings)
    {
        while (_calls.TryDequeue(out var call))
            _local.Enqueue(call);

        if (!withBindings)
            return;

        // Before the queue is emptied: a binding that comes meanwhile starts its own time, if only for nothing.
        _bindingsDue = false;
        Interlocked.Exchange(ref _gathering, 0);
        while (_bindings.TryDequeue(out var binding))
            _local.Enqueue(binding);
    }

    private void Fill()
    {
        if (_batchLines > 0)
            return;

        if (_spill.Lines > 0)
        {
            _batch.Clear();
            _spill.Peek(_batch, _options.WriteBatchLimit, out _batchLines, out _batchEnd);
            _batchIsFromSpill = true;
            return;
        }

        _batchIsFromSpill = false;
        while (_batch.Count < _options.WriteBatchLimit && _local.TryDequeue(out var item))
            _batch.Add(item);

        _batchLines = _batch.Count;
        _batchBindings = 0;
        foreach (var item in _batch)
        {
            _batchBindings += item.IsBinding ? 1 : 0;
            _openCalls += item.Kind switch { WriteKind.CallOpened => 1, WriteKind.CallClosed when _openCalls > 0 => -1, _ => 0 };
        }
    }

    private void WriteOneByOne()
    {
        while (_batch.Count > 0)
        {
            try
            {
                _writer.Write([_batch[0]], heartbeat: null);
            }
            catch (DbException e) when (_database.IsDataFault(e))
            {
                _rejected.Append([_batch[0]]);
                Interlocked.Increment(ref _rejectedRows);
                Notice?.Invoke(StorageNotice.RowRejected, $"a row of kind {_batch[0].Kind} was refused by the database and put aside: {e.Message}");
            }

            _batch.RemoveAt(0);
        }
    }

    private void Settle()
    {
        if (_batchIsFromSpill)
            _spill.Consume(_batchLines, _batchEnd);
        else
            BatchLeftMemory();

        Interlocked.Add(ref _written, _batchLines);
        Interlocked.Increment(ref _commits);
        _batch.Clear();
        _batchLines = 0;
        _batchIsFromSpill = false;
        _oneByOne = false;
        SettleFlushes();
        if (!_away)
            return;

        _away = false;
        _pause = TimeSpan.Zero;
        Notice?.Invoke(StorageNotice.DatabaseBack, $"{_database.Description} takes writes again");
    }

    private void BatchLeftMemory()
    {
        Interlocked.Add(ref _inMemory, -_batchLines);
        _bindingsOut += _batchBindings;
        _callsOut += _batchLines - _batchBindings;
    }

    private void Failed(Exception e)
    {
        Interlocked.Increment(ref _failures);
        _lastFailure = e.Message;
        _pause = _pause == TimeSpan.Zero ? _options.RetryMinimum : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, _options.RetryMaximum.Ticks));
        _retryAt = _time.GetTimestamp() + (long)(_pause.TotalSeconds * _time.TimestampFrequency);
        _retryTimer.Change(_pause, Timeout.InfiniteTimeSpan);
        if (!_away)
        {
            _away = true;
            Notice?.Invoke(StorageNotice.DatabaseAway, $"{_database.Description} takes no writes: {e.Message}; calls go on and the writes wait");
        }

        KeepMemorySmall();
    }

    private void KeepMemorySmall()
    {
        if (Interlocked.Read(ref _inMemory) > _options.WriteQueueLimit)
            SpillDownTo(_options.WriteQueueLimit / 2);
    }

    // Moves the oldest writes from memory to the end of the spill file; a batch in hand that came from memory goes first.
    private void SpillDownTo(int keep)
    {
        try
        {
            if (!_batchIsFromSpill && _batch.Count > 0)
            {
                if (_spill.Append(_batch) < _batch.Count)
                    return;

                BatchLeftMemory();
                _batch.Clear();
                _batchLines = 0;
                _oneByOne = false;
                Notice?.Invoke(StorageNotice.Spilling, "the queue of writes goes to the spill file in DATA_DIR");
            }

            TakeQueued(withBindings: true);
            while (Interlocked.Read(ref _inMemory) > keep && _local.Count > 0)
            {
                var chunk = _local.Take(_options.WriteBatchLimit).ToList();
                var taken = _spill.Append(chunk);
                for (var i = 0; i < taken; i++)
                {
                    if (_local.Dequeue().IsBinding)
                        _bindingsOut++;
                    else
                        _callsOut++;
                }

                Interlocked.Add(ref _inMemory, -taken);
                if (taken < chunk.Count)
                    return;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _failures);
            _lastFailure = e.Message;
        }
    }

    // What left memory is in the database or in the spill file, so with an empty file it is in the database.
    private void SettleFlushes()
    {
        while (_spill.Lines == 0 && _flushes.TryPeek(out var waiter) && waiter.Calls <= _callsOut && waiter.Bindings <= _bindingsOut)
        {
            _flushes.TryDequeue(out _);
            waiter.Done.TrySetResult();
        }
    }

    private sealed class FlushWaiter(long calls, long bindings)
    {
        /// <summary>Writes of calls that were queued before it.</summary>
        public long Calls { get; } = calls;

        /// <summary>Writes of bindings that were queued before it.</summary>
        public long Bindings { get; } = bindings;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
