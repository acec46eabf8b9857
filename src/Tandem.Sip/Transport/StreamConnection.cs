using System.Buffers;
using System.Net.Sockets;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;

namespace Tandem.Sip.Transport;

/// <summary>
/// One stream connection: a reading task that frames messages, and a bounded queue whose writer runs only while there is
/// something to write. It is closed once, by whoever comes first; what was not sent then is reported to its shard.
/// </summary>
internal sealed class StreamConnection
{
    private const int ReadBytes = 16 * 1024;

    private static readonly byte[] Pong = "\r\n"u8.ToArray();

    private readonly StreamContext _context;
    private readonly Socket _socket;
    private readonly Lock _lock = new();

    // Under the lock.
    private readonly Queue<OutgoingBytes> _queue = new();
    private int _queuedBytes;
    private bool _isWriting;
    private bool _isClosed;
    private Stream? _stream;

    // Moments as ticks, written by the reading and writing tasks, read by the sweeper; 0 means "not now".
    private long _active;
    private long _messageDue;
    private long _writeDue;
    private long _openDue;
    private long _lingerDue;

    // Of the reading task: an accepted connection must bring a message before it may be quiet.
    private bool _mayBeQuiet;

    private StreamConnection(StreamContext context, SipTransportKind kind, Socket socket, NetAddress remote, bool isAccepted)
    {
        _context = context;
        _socket = socket;
        Id = context.NextId();
        Kind = kind;
        Remote = remote;
        IsAccepted = isAccepted;
        _mayBeQuiet = !isAccepted;
        _active = context.Clock.Now.Ticks;
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

    /// <summary>A connection that was accepted.</summary>
    public static StreamConnection Accepted(StreamContext context, SipTransportKind kind, Socket socket, NetAddress remote)
    {
        var connection = new StreamConnection(context, kind, socket, remote, isAccepted: true)
        {
            _stream = new NetworkStream(socket, ownsSocket: true),
            Local = NetAddress.From((System.Net.IPEndPoint)socket.LocalEndPoint!),
        };
        connection._messageDue = (context.Clock.Now + context.Options.HalfOpenTimeout).Ticks;
        return connection;
    }

    /// <summary>A connection that is to be opened by <see cref="RunAsync"/>; what is sent meanwhile waits.</summary>
    public static StreamConnection ToOpen(StreamContext context, SipTransportKind kind, NetAddress remote)
    {
        var socket = new Socket(remote.IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return new StreamConnection(context, kind, socket, remote, isAccepted: false)
        {
            _openDue = (context.Clock.Now + context.Options.ConnectTimeout).Ticks,
        };
    }

    /// <summary>What <see cref="RunAsync"/> returned, once it was called.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts to work, in the background.</summary>
    public void Run() => Completion = RunAsync();

    /// <summary>Opens the connection if it is not open, and reads until it ends. It never throws.</summary>
    private async Task RunAsync()
    {
        var reason = ConnectionCloseReason.OpenFailed;
        try
        {
            if (_stream is null)
            {
                await _socket.ConnectAsync(Remote.ToIPEndPoint()).ConfigureAwait(false);
                if (!BecomeOpen())
                    return;
            }

            _socket.NoDelay = true;
            reason = ConnectionCloseReason.NetworkError;
            reason = await ReadAsync(_stream!).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The reason says where it happened; a close from our side ends here as well and has its own reason already.
        }
        finally
        {
            Close(reason);
        }
    }

    /// <summary>Queues bytes; false when the connection is closed or the queue is full: they stay the caller's then.</summary>
    public bool TrySend(in OutgoingBytes bytes)
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;

            if (_queuedBytes + bytes.Data.Length > _context.Options.MaxSendQueueBytes)
            {
                SipTransportCounters.Add(ref _context.Counters.SendQueueFullField);
                return false;
            }

            _queue.Enqueue(bytes);
            _queuedBytes += bytes.Data.Length;
            if (_isWriting || _stream is null)
                return true;

            _isWriting = true;
        }

        _ = WriteAsync();
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

        if (_stream is { } stream)
            stream.Dispose();
        else
            _socket.Dispose();

        _context.Closed(this, reason);
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

        return now.Ticks - Volatile.Read(ref _active) >= _context.Options.IdleTimeout.Ticks ? ConnectionCloseReason.Idle : null;
    }

    private static bool IsDue(ref long due, Moment now) => Volatile.Read(ref due) is > 0 and var ticks && now.Ticks >= ticks;

    private bool BecomeOpen()
    {
        Local = NetAddress.From((System.Net.IPEndPoint)_socket.LocalEndPoint!);
        Volatile.Write(ref _openDue, 0);
        Volatile.Write(ref _active, _context.Clock.Now.Ticks);
        bool hasWaiting;
        lock (_lock)
        {
            if (_isClosed)
                return false;

            _stream = new NetworkStream(_socket, ownsSocket: true);
            _isWriting = hasWaiting = _queue.Count > 0;
        }

        SipTransportCounters.Add(ref _context.Counters.OpenedField);
        if (hasWaiting)
            _ = WriteAsync();

        return true;
    }

    private async Task<ConnectionCloseReason> ReadAsync(Stream stream)
    {
        var framer = new SipStreamFramer(_context.Options.Limits);
        while (true)
        {
            // An idle connection owns no buffer: the empty read only waits for bytes.
            await stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
            try
            {
                var length = await stream.ReadAsync(buffer).ConfigureAwait(false);
                if (length == 0)
                    return ConnectionCloseReason.ByPeer;

                SipTransportCounters.Add(ref _context.Counters.StreamBytesInField, length);
                framer.Push(buffer.AsSpan(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            var end = Take(framer, _context.Clock.Now);
            if (end is null)
                continue;
            if (end == ConnectionCloseReason.Broken)
                await LingerAsync(stream).ConfigureAwait(false);

            return end.Value;
        }
    }

    private ConnectionCloseReason? Take(SipStreamFramer framer, Moment now)
    {
        Volatile.Write(ref _active, now.Ticks);
        while (true)
        {
            switch (framer.TryTake(out var message))
            {
                case FrameResult.Message:
                    _mayBeQuiet = true;
                    Volatile.Write(ref _messageDue, 0);
                    if (!_context.Intake.IsAdmitted(Flow, now))
                    {
                        message!.Release();
                        return ConnectionCloseReason.RefusedByGuard;
                    }

                    SipTransportCounters.Add(ref _context.Counters.StreamMessagesInField);
                    _context.Intake.TakeMessage(message!, Flow, now, null);
                    break;

                case FrameResult.Ping:
                    SipTransportCounters.Add(ref _context.Counters.StreamPingsField);
                    Answer();
                    break;

                case FrameResult.Pong:
                    break;

                case FrameResult.Broken:
                    SipTransportCounters.Add(ref _context.Counters.StreamsBrokenField);
                    if (message is not null)
                        _context.Intake.TakeMessage(message, Flow, now, null, framer.Rejection);

                    return ConnectionCloseReason.Broken;

                default:
                    // The time for a begun message runs from its first byte, not from its latest.
                    if (framer.Buffered > 0 && Volatile.Read(ref _messageDue) == 0)
                        Volatile.Write(ref _messageDue, (now + _context.Options.HalfOpenTimeout).Ticks);
                    else if (framer.Buffered == 0 && _mayBeQuiet)
                        Volatile.Write(ref _messageDue, 0); // what had begun was a keep-alive in two pieces

                    return null;
            }
        }
    }

    private void Answer()
    {
        var pong = BufferPool.Shared.Rent(Pong.Length);
        Pong.CopyTo(pong.Array, 0);
        pong.Length = Pong.Length;
        if (!TrySend(new OutgoingBytes(pong, -1, Flow, 0)))
            pong.Release();
    }

    /// <summary>Reads and drops until the far side closes or the sweeper does, so that the answer to the broken message gets out.</summary>
    private async Task LingerAsync(Stream stream)
    {
        Volatile.Write(ref _lingerDue, (_context.Clock.Now + _context.Options.LingerTimeout).Ticks);
        var dropped = new byte[1024];
        while (await stream.ReadAsync(dropped).ConfigureAwait(false) > 0)
        {
        }
    }

    private async Task WriteAsync()
    {
        var stream = _stream!;
        while (TryDequeueForWriting(out var bytes))
        {
            try
            {
                Volatile.Write(ref _writeDue, (_context.Clock.Now + _context.Options.SendTimeout).Ticks);
                await stream.WriteAsync(bytes.Data.Memory).ConfigureAwait(false);
                Volatile.Write(ref _writeDue, 0);
                Volatile.Write(ref _active, _context.Clock.Now.Ticks);
                SipTransportCounters.Add(ref _context.Counters.StreamMessagesOutField);
                SipTransportCounters.Add(ref _context.Counters.StreamBytesOutField, bytes.Data.Length);
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
            _context.Intake.ReportFailure(bytes.Shard, bytes.Target, bytes.Tag);
    }
}
