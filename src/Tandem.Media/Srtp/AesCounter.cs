namespace Tandem.Media.Srtp;

/// <summary>AES-128 in counter mode with a 16-bit block counter (RFC 3711 §4.1.1). One loop owns it.</summary>
internal abstract class AesCounter : IDisposable
{
    /// <summary>The fastest that this processor has.</summary>
    public static AesCounter Create(ReadOnlySpan<byte> key) => AesNiCounter.IsSupported ? new AesNiCounter(key) : new EvpCounter(key);

    /// <summary>Encrypts or decrypts in place.</summary>
    /// <param name="iv">16 bytes; the last two are the counter and start at zero.</param>
    /// <param name="data">At most 1 MiB, so that the counter does not wrap.</param>
    public abstract void Crypt(ReadOnlySpan<byte> iv, Span<byte> data);

    /// <summary>Reads the round keys, where they are ours.</summary>
    public virtual long Touch() => 0;

    public abstract void Dispose();
}
