using System.Data.Common;
using Tandem.Calls.Calls;
using Tandem.Storage.Database;
using Tandem.Storage.Journal;

namespace Tandem.Storage.Writing;

/// <summary>The thread that writes: batches, failures and the spill file.</summary>
public sealed partial class StorageWriter
{
    // From so many writes in one delay on, four delays of them share a commit.
    private const int CrowdOfDelay = 16;
    private const int DelaysOfCrowd = 4;

    private void Loop()
    {
        var lostSeen = 0L;
        while (true)
        {
            _wake.WaitOne();
            _isAsleep = false;

            GatherCalls();
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
            _isAsleep = true;
        }

        _writer.Dispose();
        _finished.TrySetResult();
    }

    // While it waits for more, those who bring more need not wake it: one commit, and one wake-up, for all of them.
    private void GatherCalls()
    {
        if (_options.CallWriteDelay <= TimeSpan.Zero || _calls.IsEmpty)
            return;

        // A haste of before is over; who is in haste from here on has set its reason first.
        _hurry.Reset();
        if (_stopping || _abandon || !_flushes.IsEmpty || Interlocked.Read(ref _inMemory) >= _options.WriteBatchLimit)
            return;

        _hurry.WaitOne(_options.CallWriteDelay * _delays);
        _delays = _calls.Count >= CrowdOfDelay * _delays ? DelaysOfCrowd : 1;
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
                TellRecord(_batch[0]);
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
        var (hasEvents, hasStreamed) = (_writer.HasEvents, _writer.HasStreamed);
        _writer.HasEvents = _writer.HasStreamed = false;
        if (_batchIsFromSpill)
            _spill.Consume(_batchLines, _batchEnd);

        // Before it leaves memory: who sees that nothing waits any more sees all that was written.
        Interlocked.Add(ref _written, _batchLines);
        Interlocked.Increment(ref _commits);
        if (!_batchIsFromSpill)
            BatchLeftMemory();
        foreach (var item in _batch)
            TellRecord(item);
        _batch.Clear();
        _batchLines = 0;
        _batchIsFromSpill = false;
        _oneByOne = false;
        SettleFlushes();
        if (hasEvents)
            EventsWritten?.Invoke();
        if (hasStreamed)
            StreamsWritten?.Invoke();
        if (!_away)
            return;

        _away = false;
        _pause = TimeSpan.Zero;
        Notice?.Invoke(StorageNotice.DatabaseBack, $"{_database.Description} takes writes again");
    }

    private void TellRecord(in WriteItem item)
    {
        if (RecordWritten is not { } told)
            return;

        if (item.Payload is CallDetailRecord record)
            told(record.Id);
        else if (item.Payload is CdrRow row)
            told(new CallId(row.CallId));
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
