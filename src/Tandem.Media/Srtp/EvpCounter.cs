using Tandem.Media.Native;

namespace Tandem.Media.Srtp;

/// <summary>Counter mode by libcrypto, where the processor has no AES instructions that .NET knows.</summary>
internal sealed unsafe class EvpCounter : AesCounter
{
    private readonly EvpCipher _cipher;

    public EvpCounter(ReadOnlySpan<byte> key) => _cipher = new EvpCipher(LibCrypto.Aes128Ctr(), key);

    public override void Crypt(ReadOnlySpan<byte> iv, Span<byte> data)
    {
        int written;
        fixed (byte* i = iv)
        fixed (byte* d = data)
        {
            _ = LibCrypto.CipherStart(_cipher.Pointer, 0, 0, null, i, 1);
            _ = LibCrypto.CipherUpdate(_cipher.Pointer, d, &written, d, data.Length);
        }

        GC.KeepAlive(_cipher);
    }

    public override void Dispose() => _cipher.Dispose();
}
