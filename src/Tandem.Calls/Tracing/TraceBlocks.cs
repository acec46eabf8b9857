using System.Collections.Concurrent;

namespace Tandem.Calls.Tracing;

/// <summary>
/// The memory of all traces: blocks of one size, made when they are needed for the first time, never more than the limit, and used again.
/// Thread-safe.
/// </summary>
internal sealed class TraceBlocks(long totalBytes)
{
    /// <summary>Bytes of a block: half of one is wasted per call, and a plain call needs four.</summary>
    public const int BlockBytes = 4_096;

    private readonly ConcurrentStack<byte[]> _free = new();
    private readonly long _limit = Math.Max(1, totalBytes / BlockBytes);
    private long _made;
    private long _inUse;

    /// <summary>Bytes that traces hold now.</summary>
    public long BytesInUse => Volatile.Read(ref _inUse) * BlockBytes;

    /// <summary>Bytes that were ever needed at the same time.</summary>
    public long BytesMade => Volatile.Read(ref _made) * BlockBytes;

    /// <summary>A block; null when all are in use.</summary>
    public byte[]? TryRent()
    {
        if (!_free.TryPop(out var block))
        {
            if (Interlocked.Increment(ref _made) > _limit)
            {
                Interlocked.Decrement(ref _made);
                return null;
            }

            block = GC.AllocateUninitializedArray<byte>(BlockBytes);
        }

        Interlocked.Increment(ref _inUse);
        return block;
    }

    /// <summary>Takes a block back.</summary>
    public void Return(byte[] block)
    {
        Interlocked.Decrement(ref _inUse);
        _free.Push(block);
    }
}
