using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Tandem.Sip.Transport.Native;

namespace Tandem.Sip.Transport;

/// <summary>
/// A socket as a stream whose reads a shard's loop completes. Writes go by the platform, which tries them at once. One read and one
/// write at a time; an empty read completes when there is something to read.
/// </summary>
internal sealed unsafe class ShardStream : Stream, IValueTaskSource<int>
{
    // What one socket may read before the others of its loop have their turn.
    private const int BytesARound = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly SafeSocketHandle _socket;
    private readonly NetworkStream _writer;
    private readonly StreamInlet _inlet;
    private readonly long _token;
    private ManualResetValueTaskSourceCore<int> _waiter = new() { RunContinuationsAsynchronously = true };

    // Under the lock. Arrivals are told once: whoever finds the socket empty must know whether one was told meanwhile.
    private Memory<byte> _wanted;
    private int _arrivals;
    private int _left = BytesARound;
    private bool _isWaiting;
    private bool _isReceiving;
    private bool _isEmpty;
    private bool _isEnding;
    private bool _isDisposed;

    /// <param name="socket">Connected; owned from now on.</param>
    /// <param name="inlet">Of the loop that reads.</param>
    /// <exception cref="IOException">The system refuses.</exception>
    public ShardStream(Socket socket, StreamInlet inlet)
    {
        _socket = socket.SafeHandle;
        _writer = new NetworkStream(socket, ownsSocket: true);
        _inlet = inlet;
        if (!inlet.Add(this, _socket, out _token))
            throw new IOException("the socket cannot be watched");
    }

    /// <summary>From now on who waits for a read goes on on the loop's thread; before that on the pool, where a handshake may compute.</summary>
    public void ContinueOnLoop()
    {
        lock (_lock)
            _waiter.RunContinuationsAsynchronously = false;
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            int arrivals;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_isEmpty || (_left <= 0 && _inlet.IsCurrent))
                    return Wait(buffer);

                arrivals = _arrivals;
            }

            if (buffer.IsEmpty)
                return new ValueTask<int>(0);

            if (TryReceive(buffer.Span, arrivals, out var received))
                return new ValueTask<int>(received);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>On the loop's thread: something came, perhaps the end.</summary>
    public void OnArrival(bool isEnd)
    {
        lock (_lock)
        {
            _arrivals++;
            _isEmpty = false;
            _isEnding |= isEnd;
        }

        Continue();
    }

    /// <summary>On the loop's thread: the stream has its share of this round.</summary>
    public void Continue()
    {
        Memory<byte> wanted;
        int arrivals;
        lock (_lock)
        {
            arrivals = _arrivals;
            _left = BytesARound;
            if (!_isWaiting || _isDisposed || _isEmpty)
                return;

            wanted = _wanted;
            _isReceiving = true;
        }

        var received = 0;
        var isTold = true;
        Exception? failure = null;
        try
        {
            isTold = wanted.IsEmpty || TryReceive(wanted.Span, arrivals, out received);
        }
        catch (Exception e)
        {
            failure = e;
        }

        lock (_lock)
        {
            _isReceiving = false;
            if (_isDisposed)
                failure ??= new ObjectDisposedException(nameof(ShardStream));
            else if (!isTold)
                return; // told for nothing: it goes on waiting

            _isWaiting = false;
            _wanted = default;
        }

        if (failure is null)
            _waiter.SetResult(received);
        else
            _waiter.SetException(failure);
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _writer.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _writer.WriteAsync(buffer, offset, count, cancellationToken);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a loop does not wait for a read");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a loop does not wait for a write");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        bool wasWaiting;
        lock (_lock)
        {
            if (_isDisposed)
                return;

            _isDisposed = true;

            // Whoever waits owns the buffer that the loop may just be filling: the loop tells him then.
            wasWaiting = _isWaiting && !_isReceiving;
            if (wasWaiting)
            {
                _isWaiting = false;
                _wanted = default;
            }
        }

        _inlet.Remove(_token, _socket);
        _writer.Dispose();
        if (wasWaiting)
        {
            // Whoever closes does not do the reader's work.
            _waiter.RunContinuationsAsynchronously = true;
            _waiter.SetException(new ObjectDisposedException(nameof(ShardStream)));
        }

        base.Dispose(disposing);
    }

    // Under the lock.
    private ValueTask<int> Wait(Memory<byte> buffer)
    {
        _waiter.Reset();
        _wanted = buffer;
        _isWaiting = true;
        if (!_isEmpty)
            _inlet.ComeBack(this);

        return new ValueTask<int>(this, _waiter.Version);
    }

    // False when nothing is there. An end of the stream is no emptiness: it is read again and again.
    private bool TryReceive(Span<byte> buffer, int arrivals, out int received)
    {
        var error = 0;
        nint result;
        var isHeld = false;
        try
        {
            _socket.DangerousAddRef(ref isHeld);
            fixed (byte* bytes = buffer)
            {
                do
                    result = Libc.Receive((int)_socket.DangerousGetHandle(), bytes, (nuint)buffer.Length, Libc.MsgDontWait);
                while (result < 0 && (error = Marshal.GetLastPInvokeError()) == Libc.Eintr);
            }
        }
        finally
        {
            if (isHeld)
                _socket.DangerousRelease();
        }

        received = (int)result;
        if (result < 0 && error != Libc.Eagain)
            throw new IOException($"the connection failed with error {error}");

        lock (_lock)
        {
            _left -= Math.Max(0, received);

            // Behind the last bytes is the end, of which nothing more is told.
            if ((received < 0 || (received > 0 && received < buffer.Length && !_isEnding)) && arrivals == _arrivals)
                _isEmpty = true;
        }

        return received >= 0;
    }
}
