using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks.Sources;

namespace Tandem.Load.Sip;

/// <summary>A connection whose pending read completes on the thread that polls it. Not thread-safe.</summary>
internal sealed class PolledStream : Stream, IValueTaskSource<int>
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private ManualResetValueTaskSourceCore<int> _waiter;
    private Memory<byte> _wanted;
    private bool _isWaiting;

    public PolledStream(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        Local = Encoding.ASCII.GetBytes(_socket.LocalEndPoint!.ToString()!);
    }

    /// <summary>Address and port.</summary>
    public byte[] Local { get; }

    public int Descriptor => (int)_socket.Handle;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>There is something to read.</summary>
    public void OnReadable()
    {
        if (!_isWaiting)
            return;

        _isWaiting = false;
        _waiter.SetResult(_wanted.IsEmpty ? 0 : _socket.Receive(_wanted.Span));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _waiter.Reset();
        _wanted = buffer;
        _isWaiting = true;
        return new ValueTask<int>(this, _waiter.Version);
    }

    public override int Read(byte[] buffer, int offset, int count) => _socket.Receive(buffer, offset, count, SocketFlags.None);

    public override int Read(Span<byte> buffer) => _socket.Receive(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
            buffer = buffer[_socket.Send(buffer)..];
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public int GetResult(short token) => _waiter.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _waiter.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        _socket.Dispose();
        base.Dispose(disposing);
    }
}
