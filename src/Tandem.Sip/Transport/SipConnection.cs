using System.Net.Sockets;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;

namespace Tandem.Sip.Transport;

/// <summary>
/// One connection of a reliable transport, whatever carries it: its addresses, the bounded queue of what is to be sent, whose
/// writer runs only while there is something to write, and the times after which it has lived too long. It is closed once, by
/// whoever comes first; what was not sent then is reported to its shard.
/// </summary>
internal abstract class SipConnection
{
    private static readonly byte[] _pong = "\r\n"u8.ToArray();

    private readonly Lock _lock = new();

    // Under the lock.
    private readonly Queue<OutgoingBytes> _queue = new();
    private int _queuedBytes;
    private bool _isWriting;
    private bool _isClosed;
    private bool _isOpen;

    // Moments as ticks, written by the reading and writing tasks, read by the sweeper; 0 means "not now".
    private long _active;
    private long _messageDue;
    private long _writeDue;
    private long _openDue;
    private long _lingerDue;

    // Of the reading task: an accepted connection must bring a message before it may be quiet.
    private bool _mayBeQuiet;

    /// <summary>A connection that was accepted is open and owes its first message; one that is to be opened owes its opening.</summary>
    protected SipConnection(StreamContext context, SipTransportKind kind, NetAddress local, NetAddress remote, bool isAccepted)
    {
        Context = context;
        Id = context.NextId();
        Kind = kind;
        Local = local;
        Remote = remote;
        IsAccepted = isAccepted;
        var now = context.Clock.Now;
        _active = now.Ticks;
        _mayBeQuiet = !isAccepted;
        _isOpen = isAccepted;
        if (isAccepted)
            _messageDue = (now + context.Options.HalfOpenTimeout).Ticks;
        else
            _openDue = (now + context.Options.ConnectTimeout).Ticks;
    }

    /// <summary>What <see cref="SipFlow.Connection"/> holds; never 0.</summary>
    public long Id { get; }

    public SipTransportKind Kind { get; }

    public NetAddress Remote { get; }

    /// <summary>Our own address; unspecified until the connection is open.</summary>
    public NetAddress Local { get; private set; }

    /// <summary>True when the far side opened it.</summary>
    public bool IsAccepted { get; }

    /// <summary>The flow of messages on this connection.</summary>
    public SipFlow Flow => new(Kind, Local, Remote, Id);

    /// <summary>Bytes that wait to be sent.</summary>
    public int QueuedBytes
    {
        get
        {
            lock (_lock)
                return _queuedBytes;
        }
    }

    /// <summary>What <see cref="RunAsync"/> returned, once it was called.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>What all connections share.</summary>
    protected StreamContext Context { get; }

    /// <summary>Starts to work, in the background.</summary>
    public void Run() => Completion = RunAsync();

    /// <summary>Queues bytes; false when the connection is closed or the queue is full: they stay the caller's then.</summary>
    public bool TrySend(in OutgoingBytes bytes)
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;

            if (_queuedBytes + bytes.Data.Length > Context.Options.MaxSendQueueBytes)
            {
                SipTransportCounters.Add(ref Context.Counters.SendQueueFullField);
                return false;
            }

            _queue.Enqueue(bytes);
            _queuedBytes += bytes.Data.Length;
            if (_isWriting || !_isOpen)
                return true;

            _isWriting = true;
        }

        _ = WriteAllAsync();
        return true;
    }

    /// <summary>Ends the connection; only the first reason counts.</summary>
    public void Close(ConnectionCloseReason reason)
    {
        lock (_lock)
        {
            if (_isClosed)
                return;

            _isClosed = true;
        }

        Abandon();
        Context.Closed(this, reason);
        while (TryDequeue(out var bytes))
            Fail(bytes);
    }

    /// <summary>Why this connection has lived too long; null when it has not.</summary>
    public ConnectionCloseReason? Overdue(Moment now)
    {
        if (IsDue(ref _openDue, now))
            return ConnectionCloseReason.OpenTimeout;
        if (IsDue(ref _lingerDue, now))
            return ConnectionCloseReason.Broken;
        if (IsDue(ref _writeDue, now))
            return ConnectionCloseReason.SendStalled;
        if (IsDue(ref _messageDue, now))
            return ConnectionCloseReason.HalfOpen;

        return now.Ticks - Volatile.Read(ref _active) >= Context.Options.IdleTimeout.Ticks ? ConnectionCloseReason.Idle : null;
    }

    /// <summary>Opens the connection if it is not open, reads until it ends and closes it. It never throws.</summary>
    protected abstract Task RunAsync();

    /// <summary>Writes bytes that hold one or more whole messages.</summary>
    protected abstract ValueTask WriteAsync(ReadOnlyMemory<byte> data);

    /// <summary>Frees what carries the connection; called once, while reading and writing may be under way.</summary>
    protected abstract void Abandon();

    /// <summary>Says that a connection of ours is open; what waited is sent. False when it was closed meanwhile.</summary>
    protected bool BecomeOpen(NetAddress local)
    {
        Local = local;
        Volatile.Write(ref _openDue, 0);
        MarkActive(Context.Clock.Now);
        bool hasWaiting;
        lock (_lock)
        {
            if (_isClosed)
                return false;

            _isOpen = true;
            _isWriting = hasWaiting = _queue.Count > 0;
        }

        SipTransportCounters.Add(ref Context.Counters.OpenedField);
        if (hasWaiting)
            _ = WriteAllAsync();

        return true;
    }

    /// <summary>Says that there was traffic.</summary>
    protected void MarkActive(Moment now) => Volatile.Write(ref _active, now.Ticks);

    /// <summary>Says that the connection ends when the time for the last answer is over.</summary>
    protected void BeginLinger() => Volatile.Write(ref _lingerDue, (Context.Clock.Now + Context.Options.LingerTimeout).Ticks);

    /// <summary>Gives a whole message, whose reference is taken over, to its shard; false when the source guard refuses it.</summary>
    protected bool TakeMessage(PooledBuffer message, Moment now)
    {
        _mayBeQuiet = true;
        Volatile.Write(ref _messageDue, 0);
        if (!Context.Intake.IsAdmitted(Flow, now))
        {
            message.Release();
            return false;
        }

        SipTransportCounters.Add(ref Context.Counters.StreamMessagesInField);
        Context.Intake.TakeMessage(message, Flow, now, null);
        return true;
    }

    /// <summary>Gives the head of a message whose end cannot be found to its shard, which answers it.</summary>
    protected void TakeBroken(PooledBuffer? head, Moment now, SipRejection rejection)
    {
        SipTransportCounters.Add(ref Context.Counters.StreamsBrokenField);
        if (head is not null)
            Context.Intake.TakeMessage(head, Flow, now, null, rejection);
    }

    /// <summary>Says how many bytes of a message have come that is not whole. The time for it runs from its first byte, not from its latest.</summary>
    protected void MarkPartial(int buffered, Moment now)
    {
        if (buffered > 0 && Volatile.Read(ref _messageDue) == 0)
            Volatile.Write(ref _messageDue, (now + Context.Options.HalfOpenTimeout).Ticks);
        else if (buffered == 0 && _mayBeQuiet)
            Volatile.Write(ref _messageDue, 0); // what had begun was a keep-alive in two pieces
    }

    /// <summary>Answers a keep-alive (RFC 5626 §3.5.1, RFC 7118 §6).</summary>
    protected void AnswerPing()
    {
        SipTransportCounters.Add(ref Context.Counters.StreamPingsField);
        var pong = BufferPool.Shared.Rent(_pong.Length);
        _pong.CopyTo(pong.Array, 0);
        pong.Length = _pong.Length;
        if (!TrySend(new OutgoingBytes(pong, -1, Flow, 0)))
            pong.Release();
    }

    private static bool IsDue(ref long due, Moment now) => Volatile.Read(ref due) is > 0 and var ticks && now.Ticks >= ticks;

    private async Task WriteAllAsync()
    {
        while (TryDequeueForWriting(out var bytes))
        {
            try
            {
                Volatile.Write(ref _writeDue, (Context.Clock.Now + Context.Options.SendTimeout).Ticks);
                await WriteAsync(bytes.Data.Memory).ConfigureAwait(false);
                Volatile.Write(ref _writeDue, 0);
                MarkActive(Context.Clock.Now);
                SipTransportCounters.Add(ref Context.Counters.StreamMessagesOutField);
                SipTransportCounters.Add(ref Context.Counters.StreamBytesOutField, bytes.Data.Length);
                bytes.Data.Release();
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
            {
                Fail(bytes);
                Close(ConnectionCloseReason.NetworkError);
                return;
            }
        }
    }

    private bool TryDequeueForWriting(out OutgoingBytes bytes)
    {
        lock (_lock)
        {
            if (!_isClosed && _queue.TryDequeue(out bytes))
            {
                _queuedBytes -= bytes.Data.Length;
                return true;
            }

            _isWriting = false;
            bytes = default;
            return false;
        }
    }

    private bool TryDequeue(out OutgoingBytes bytes)
    {
        lock (_lock)
        {
            if (!_queue.TryDequeue(out bytes))
                return false;

            _queuedBytes -= bytes.Data.Length;
            return true;
        }
    }

    private void Fail(in OutgoingBytes bytes)
    {
        bytes.Data.Release();
        if (bytes.Shard >= 0)
            Context.Intake.ReportFailure(bytes.Shard, bytes.Target, bytes.Tag);
    }
}
