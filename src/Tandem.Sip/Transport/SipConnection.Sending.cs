using Tandem.Core.Buffers;

namespace Tandem.Sip.Transport;

// The queue of what is to be sent, and its writer. A message stays the connection's until it is written or has failed.
internal abstract partial class SipConnection
{
    // Under the lock.
    private readonly Queue<OutgoingBytes> _queue = new();
    private int _queuedBytes;
    private bool _isWriting;

    // Under the lock: the loop that sends here writes at the end of its round.
    private bool _isJoined;

    // Under the lock; what waits on all connections of the far side's source. Null until something is sent.
    private WaitingBySource.Share? _share;

    // Of the writing task: what one write carries.
    private readonly List<OutgoingBytes> _batch = [];

    /// <summary>Bytes that wait to be sent.</summary>
    public int QueuedBytes
    {
        get
        {
            lock (_lock)
                return _queuedBytes;
        }
    }

    /// <summary>Queues bytes; false when the connection is closed or the queue is full: they stay the caller's then.</summary>
    public bool TrySend(in OutgoingBytes bytes)
    {
        bool waits;
        lock (_lock)
        {
            if (_isClosed)
                return false;

            _share ??= Context.Waiting.Enter(Remote);
            if (_queuedBytes + bytes.Data.Length > Context.Options.MaxSendQueueBytes || !Context.TryQueue(_share, bytes.Data.Length))
            {
                SipTransportCounters.Add(ref Context.Counters.SendQueueFullField);
                return false;
            }

            _queue.Enqueue(bytes);
            _queuedBytes += bytes.Data.Length;
            if (!_isOpen || (_isWriting && !_isJoined))
                return true;

            waits = _queuedBytes < JoinsMessages && (_isJoined || WriteBatch.TryJoin(this));
            _isWriting = true;
            _isJoined = waits;
        }

        if (!waits)
            _ = WriteAllAsync();

        return true;
    }

    /// <summary>The round is over: writes what waited for its end, unless it was more than one write takes and is written already.</summary>
    public void WriteJoined()
    {
        lock (_lock)
        {
            if (!_isJoined)
                return;

            _isJoined = false;
        }

        _ = WriteAllAsync();
    }

    /// <summary>Writes the bytes of one message or, when <see cref="JoinsMessages"/>, of several.</summary>
    protected abstract ValueTask WriteAsync(ReadOnlyMemory<byte> data);

    /// <summary>Most bytes that messages that wait together are written as one; 0 for a transport that writes each for itself.</summary>
    protected virtual int JoinsMessages => 0;

    private static bool IsAnswer(ReadOnlySpan<byte> message) => message.StartsWith("SIP/2.0 "u8) && message.Length > 8 && message[8] >= '2';

    private async Task WriteAllAsync()
    {
        while (TryTakeBatch())
        {
            PooledBuffer? joined = null;
            try
            {
                Volatile.Write(ref _writeDue, (Context.Clock.Now + Context.Options.SendTimeout).Ticks);
                if (_batch.Count > 1)
                    joined = Join(_batch);

                SipTransportCounters.Add(ref Context.Counters.StreamWritesField);
                await WriteAsync((joined ?? _batch[0].Data).Memory).ConfigureAwait(false);
                Volatile.Write(ref _writeDue, 0);
                MarkActive(Context.Clock.Now);
            }
            catch (Exception e)
            {
                // Whatever carries the connection, and however it says that it cannot go on: the senders hear of it.
                if (!IsEnd(e))
                    Context.Intake.Fault(e);

                foreach (var bytes in _batch)
                    Fail(bytes);

                Close(ConnectionCloseReason.NetworkError);
                return;
            }
            finally
            {
                joined?.Release();
            }

            foreach (var bytes in _batch)
                CountSent(bytes);
        }
    }

    private static PooledBuffer Join(List<OutgoingBytes> batch)
    {
        var length = 0;
        foreach (var bytes in batch)
            length += bytes.Data.Length;

        var joined = BufferPool.Shared.Rent(length);
        joined.Length = length;
        var at = 0;
        foreach (var bytes in batch)
        {
            bytes.Data.Span.CopyTo(joined.Array.AsSpan(at));
            at += bytes.Data.Length;
        }

        return joined;
    }

    private void CountSent(in OutgoingBytes bytes)
    {
        SipTransportCounters.Add(ref Context.Counters.StreamMessagesOutField);
        SipTransportCounters.Add(ref Context.Counters.StreamBytesOutField, bytes.Data.Length);
        if (IsAnswer(bytes.Data.Span))
            Interlocked.Decrement(ref _owedAnswers);

        bytes.Data.Release();
    }

    // One message, and those behind it that fit into the same write. False when nothing is left: the writer ends then.
    private bool TryTakeBatch()
    {
        _batch.Clear();
        lock (_lock)
        {
            if (!_isClosed && _queue.TryDequeue(out var bytes))
            {
                var room = JoinsMessages;
                do
                {
                    _batch.Add(bytes);
                    _queuedBytes -= bytes.Data.Length;
                    Context.Unqueue(_share!, bytes.Data.Length);
                    room -= bytes.Data.Length;
                }
                while (_queue.TryPeek(out bytes) && bytes.Data.Length <= room && _queue.TryDequeue(out bytes));

                return true;
            }

            _isWriting = false;
            if (_isClosed || !_isHalfClosed || Volatile.Read(ref _owedAnswers) > 0)
                return false;
        }

        Close(ConnectionCloseReason.ByPeer);
        return false;
    }

    private bool TryDequeue(out OutgoingBytes bytes)
    {
        lock (_lock)
        {
            if (!_queue.TryDequeue(out bytes))
                return false;

            _queuedBytes -= bytes.Data.Length;
            Context.Unqueue(_share!, bytes.Data.Length);
            return true;
        }
    }

    // After the close nothing is queued any more.
    private void LeaveSource()
    {
        if (_share is not null)
            Context.Waiting.Leave(_share);
    }

    private void Fail(in OutgoingBytes bytes)
    {
        bytes.Data.Release();
        if (bytes.Shard >= 0)
            Context.Intake.ReportFailure(bytes.Shard, bytes.Target, bytes.Tag);
    }
}
