namespace Tandem.Core.Buffers;

/// <summary>What is kept with a <see cref="PooledBuffer"/> from one use to the next.</summary>
public interface IBufferAttachment
{
    /// <summary>Called when the last owner released the buffer: whoever still looks at the object finds it empty.</summary>
    void Clear();

    /// <summary>Called after <see cref="Clear"/> by a pool that spoils what comes back: whoever still looks at the object gets an exception.</summary>
    void Spoil();
}
