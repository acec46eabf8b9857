namespace Tandem.Core.Buffers;

/// <summary>
/// A byte buffer with a reference count. The last <see cref="Release"/> gives the array back to its pool; a buffer
/// that nobody releases is left to the garbage collector, so forgetting one costs memory for a while and never
/// correctness. Bytes must not be touched after the own reference was released.
/// </summary>
public sealed class PooledBuffer
{
    private readonly BufferPool? _pool;
    private int _references = 1;
    private IBufferAttachment? _attachment;

    internal PooledBuffer(BufferPool? pool, byte[] array)
    {
        _pool = pool;
        Array = array;
    }

    /// <summary>The whole array; the bytes in use are the first <see cref="Length"/>.</summary>
    public byte[] Array { get; }

    /// <summary>Bytes in use.</summary>
    public int Length { get; set; }

    /// <summary>The bytes in use.</summary>
    public ReadOnlySpan<byte> Span => Array.AsSpan(0, Length);

    /// <summary>The bytes in use.</summary>
    public ReadOnlyMemory<byte> Memory => Array.AsMemory(0, Length);

    /// <summary>
    /// An object that describes the bytes and comes back with the buffer, so that the next one who fills it needs no new object.
    /// Null for a buffer that belongs to no pool: it does not come back.
    /// </summary>
    public IBufferAttachment? Attachment
    {
        get => _attachment;
        set => _attachment = _pool is null ? null : value;
    }

    /// <summary>A buffer that belongs to no pool, with a copy of <paramref name="bytes"/>.</summary>
    public static PooledBuffer Copy(ReadOnlySpan<byte> bytes) => new(null, bytes.ToArray()) { Length = bytes.Length };

    /// <summary>Adds a reference for a second owner.</summary>
    public PooledBuffer Retain()
    {
        if (Interlocked.Increment(ref _references) <= 1)
        {
            // It stays released: a release that follows must not bring it into the pool a second time.
            Interlocked.Decrement(ref _references);
            throw new InvalidOperationException("the buffer was released already");
        }

        return this;
    }

    /// <summary>Gives up one reference.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left == 0)
        {
            _attachment?.Clear();
            _pool?.Return(this);
        }
        else if (left < 0)
        {
            throw new InvalidOperationException("the buffer was released twice");
        }
    }

    internal void Reset()
    {
        Length = 0;
        Volatile.Write(ref _references, 1);
    }
}
