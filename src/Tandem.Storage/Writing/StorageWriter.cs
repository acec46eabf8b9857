using System.Collections.Concurrent;
using System.Data.Common;
using Tandem.Storage.Database;

namespace Tandem.Storage.Writing;

/// <summary>
/// Writes behind the calls: producers queue and go on; one thread takes all that waits and commits it together, without any
/// artificial delay. While the database is away it tries again in order, ever more slowly, and what memory should not hold
/// goes to the spill file.
/// </summary>
/// <remarks>Order of the waiting writes: the batch in hand, the spill file, the queue. <see cref="Enqueue"/> is thread-safe.</remarks>
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
    private readonly ConcurrentQueue<WriteItem> _queue = new();
    private readonly ConcurrentQueue<FlushWaiter> _flushes = new();
    private readonly ITimer _heartbeatTimer;
    private readonly ITimer _retryTimer;

    // Written by producers.
    private int _signalled;
    private long _inMemory;
    private long _enqueued;
    private long _lost;

    // Owned by the writer's thread; the counters are read by others.
    private readonly List<WriteItem> _batch = [];
    private readonly Queue<WriteItem> _local = new();
    private bool _batchIsFromSpill;
    private int _batchLines;
    private long _batchEnd;
    private bool _oneByOne;
    private TimeSpan _pause;
    private long _retryAt;
    private long _heartbeatAt;
    private long _openCalls;
    private long _settled;
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
    }

    /// <summary>Who writes.</summary>
    public RunIdentity Run { get; }

    /// <summary>Called on the writer's thread when there is something to tell the operator, with a text without secrets.</summary>
    public Action<StorageNotice, string>? Notice { get; set; }

    /// <summary>How the writer stands now.</summary>
    public WriterStatistics Statistics() => new(
        Interlocked.Read(ref _inMemory), _spill.Lines, _spill.Bytes, Interlocked.Read(ref _written), Interlocked.Read(ref _commits),
        Interlocked.Read(ref _failures), Interlocked.Read(ref _rejectedRows), Interlocked.Read(ref _lost), _away, _lastFailure);

    /// <summary>Completes when everything that was queued before this call is in the database.</summary>
    public Task FlushAsync(CancellationToken cancellation = default)
    {
        var waiter = new FlushWaiter(Interlocked.Read(ref _enqueued));
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

        _enqueued = _spill.Lines;
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

        Interlocked.Increment(ref _inMemory);
        Interlocked.Increment(ref _enqueued);
        _queue.Enqueue(item);
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

        _finished.TrySetResult();
    }

    private bool IsIdle => _batch.Count == 0 && _spill.Lines == 0 && _local.Count == 0 && _queue.IsEmpty;

    // One attempt to write one batch; true when there may be more to do at once.
    private bool Turn()
    {
        while (_queue.TryDequeue(out var item))
            _local.Enqueue(item);

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
        foreach (var item in _batch)
            _openCalls += item.Kind switch { WriteKind.CallOpened => 1, WriteKind.CallClosed when _openCalls > 0 => -1, _ => 0 };
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
            Interlocked.Add(ref _inMemory, -_batchLines);

        _settled += _batchLines;
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

                Interlocked.Add(ref _inMemory, -_batchLines);
                _settled += _batchLines - _batch.Count;
                _batch.Clear();
                _batchLines = 0;
                _oneByOne = false;
                Notice?.Invoke(StorageNotice.Spilling, "the queue of writes goes to the spill file in DATA_DIR");
            }

            while (_queue.TryDequeue(out var item))
                _local.Enqueue(item);

            while (Interlocked.Read(ref _inMemory) > keep && _local.Count > 0)
            {
                var chunk = _local.Take(_options.WriteBatchLimit).ToList();
                var taken = _spill.Append(chunk);
                for (var i = 0; i < taken; i++)
                    _local.Dequeue();

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

    private void SettleFlushes()
    {
        while (_flushes.TryPeek(out var waiter) && waiter.Target <= _settled)
        {
            _flushes.TryDequeue(out _);
            waiter.Done.TrySetResult();
        }
    }

    private sealed class FlushWaiter(long target)
    {
        public long Target { get; } = target;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
