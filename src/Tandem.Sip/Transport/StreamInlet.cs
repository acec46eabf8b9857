using System.Collections.Concurrent;
using System.Net.Sockets;
using Tandem.Sip.Transport.Native;

namespace Tandem.Sip.Transport;

/// <summary>
/// The stream sockets that one shard's loop reads. What arrives is read, decrypted, framed and parsed on that thread: with the
/// platform's asynchronous sockets each message wakes a polling thread, a pool thread and then the shard.
/// </summary>
internal sealed class StreamInlet : IShardInlet, IDisposable
{
    // A stream that has not finished has had its 64 KiB of this round; it may have as much again.
    private const int MessagesOfStream = 128;

    private readonly EpollSet _set = new();
    private readonly ConcurrentDictionary<long, ShardStream> _streams = new();
    private readonly Queue<ShardStream> _unfinished = new();
    private long _lastToken;
    private bool _isFull;
    private volatile Thread? _thread;

    /// <inheritdoc/>
    public int Descriptor => _set.Descriptor;

    /// <summary>Streams that this loop reads.</summary>
    public int Count => _streams.Count;

    /// <summary>True on the thread of the loop.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Begins to read a socket. False when the system refuses.</summary>
    public bool Add(ShardStream stream, SafeSocketHandle socket, out long token)
    {
        token = Interlocked.Increment(ref _lastToken);
        _streams[token] = stream;
        if (_set.Add(socket, token))
            return true;

        _streams.TryRemove(token, out _);
        return false;
    }

    /// <summary>Ends it; called before the socket is closed.</summary>
    public void Remove(long token, SafeSocketHandle socket)
    {
        if (_streams.TryRemove(token, out _))
            _set.Remove(socket);
    }

    /// <summary>On the loop's thread: the stream has read its share of this round and comes again in the next.</summary>
    public void ComeBack(ShardStream stream) => _unfinished.Enqueue(stream);

    /// <inheritdoc/>
    public int Waiting => _isFull ? int.MaxValue : _unfinished.Count * MessagesOfStream;

    /// <inheritdoc/>
    public bool Receive(ShardLoop loop)
    {
        // Readers are asynchronous code: without a context their continuations run here and now, instead of on the pool.
        _thread = Thread.CurrentThread;
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            for (var left = _unfinished.Count; left > 0; left--)
            {
                var stream = _unfinished.Dequeue();
                try
                {
                    stream.Continue();
                }
                catch (Exception e)
                {
                    End(stream, e, loop);
                }
            }

            Span<EpollSet.Arrival> arrivals = stackalloc EpollSet.Arrival[EpollSet.Capacity];
            var count = _set.Take(arrivals);
            foreach (ref readonly var arrival in arrivals[..count])
            {
                if (!_streams.TryGetValue(arrival.Token, out var stream))
                    continue;

                try
                {
                    stream.OnArrival(arrival.IsEnd);
                }
                catch (Exception e)
                {
                    End(stream, e, loop);
                }
            }

            _isFull = count == EpollSet.Capacity;
            return _isFull || _unfinished.Count > 0;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Dispose() => _set.Dispose();

    // Each arrival is told once: without the others of its batch their connections would wait for ever.
    private static void End(ShardStream stream, Exception exception, ShardLoop loop)
    {
        loop.Fault(exception);
        stream.Dispose();
    }
}
