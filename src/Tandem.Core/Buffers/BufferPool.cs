using System.Collections.Concurrent;

namespace Tandem.Core.Buffers;

/// <summary>
/// A bounded, thread-safe pool of <see cref="PooledBuffer"/>. Requests up to <c>smallSize</c> bytes are served from
/// the pool; larger ones are rare (a big SDP, a NOTIFY body) and are left to the garbage collector.
/// </summary>
/// <param name="smallSize">Bytes of a pooled buffer.</param>
/// <param name="maxRetained">How many free buffers are kept.</param>
/// <param name="returned">Sees every array that comes back; for tests that spoil it, so that a use after the release shows; the attachment is spoilt with it.</param>
public sealed class BufferPool(int smallSize = 2048, int maxRetained = 4096, Action<byte[]>? returned = null)
{
    private const int Nearest = 32;

    // What a thread gave back last it takes first: those bytes are still in its cache. Only of the shared pool.
    [ThreadStatic]
    private static PooledBuffer?[]? _near;

    [ThreadStatic]
    private static int _nearCount;

    private readonly ConcurrentQueue<PooledBuffer> _free = new();
    private int _retained;

    /// <summary>The pool that everything shares which is not given another one.</summary>
    public static BufferPool Shared { get; } = new();

    /// <summary>Buffers that wait in the pool; the few that a thread keeps at hand are not counted.</summary>
    public int Retained => Volatile.Read(ref _retained);

    /// <summary>A buffer whose array holds at least <paramref name="minimumSize"/> bytes; its length is 0.</summary>
    public PooledBuffer Rent(int minimumSize = 0)
    {
        if (minimumSize > smallSize)
            return new PooledBuffer(null, new byte[minimumSize]);

        if (_nearCount > 0 && ReferenceEquals(this, Shared))
        {
            var near = _near![--_nearCount]!;
            near.Reset();
            return near;
        }

        if (_free.TryDequeue(out var buffer))
        {
            Interlocked.Decrement(ref _retained);
            buffer.Reset();
            return buffer;
        }

        return new PooledBuffer(this, GC.AllocateUninitializedArray<byte>(smallSize));
    }

    internal void Return(PooledBuffer buffer)
    {
        if (returned is not null)
        {
            returned(buffer.Array);
            buffer.Attachment?.Spoil();
        }

        if (_nearCount < Nearest && ReferenceEquals(this, Shared))
        {
            _near ??= new PooledBuffer?[Nearest];
            _near[_nearCount++] = buffer;
            return;
        }

        if (Interlocked.Increment(ref _retained) > maxRetained)
            Interlocked.Decrement(ref _retained);
        else
            _free.Enqueue(buffer);
    }
}
