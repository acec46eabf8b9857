using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

/// <summary>A stream that a loop reads, closed by another thread.</summary>
public sealed class ShardStreamTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Socket _far = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly StreamInlet _inlet = new();
    private readonly ShardStream _stream;

    public ShardStreamTests()
    {
        _listener.Start();
        _far.Connect(_listener.LocalEndpoint);
        _stream = new ShardStream(_listener.AcceptSocket(), _inlet);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _inlet.Dispose();
        _far.Dispose();
        _listener.Dispose();
    }

    // Whoever waits gives his buffer back when he hears of the end: the next one to have it would find bytes of another connection in it.
    [Fact]
    public async Task A_close_while_the_loop_fills_the_buffer_is_told_when_it_is_done()
    {
        using var buffer = new WatchedBuffer();
        var reading = _stream.ReadAsync(buffer.Memory, TestContext.Current.CancellationToken);
        Assert.False(reading.IsCompleted);
        await _far.SendAsync(new byte[] { 1, 2, 3 });
        buffer.Holds = true;
        var loop = Task.Run(() => _stream.OnArrival(false));
        Assert.True(buffer.Begun.Wait(TransportBench.Patience));

        _stream.Dispose();
        Assert.False(reading.IsCompleted);
        buffer.GoOn.Set();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reading);
        await loop;
    }

    [Fact]
    public async Task A_close_while_nothing_comes_is_told_at_once()
    {
        var reading = _stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken);
        Assert.False(reading.IsCompleted);
        _stream.Dispose();
        Assert.True(reading.IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reading);
    }

    [Fact]
    public async Task An_arrival_for_nothing_leaves_the_reader_waiting()
    {
        var buffer = new byte[10];
        var reading = _stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
        _stream.OnArrival(false);
        Assert.False(reading.IsCompleted);
        await _far.SendAsync(new byte[] { 1, 2, 3 });
        TransportBench.Until(
            () =>
            {
                _stream.OnArrival(false);
                return reading.IsCompleted;
            },
            "the bytes are read");
        Assert.Equal(3, await reading);
        Assert.Equal([1, 2, 3], buffer[..3]);
    }

    /// <summary>Memory that stops whoever asks for its bytes, when told to.</summary>
    private sealed class WatchedBuffer : MemoryManager<byte>
    {
        private readonly byte[] _bytes = new byte[10];

        public volatile bool Holds;

        public ManualResetEventSlim Begun { get; } = new();

        public ManualResetEventSlim GoOn { get; } = new();

        public override Span<byte> GetSpan()
        {
            if (Holds)
            {
                Begun.Set();
                GoOn.Wait(TransportBench.Patience);
            }

            return _bytes;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            Begun.Dispose();
            GoOn.Dispose();
        }
    }
}
