using System.Security.Cryptography;
using Tandem.Media.Native;

namespace Tandem.Media.Srtp;

/// <summary>
/// HMAC-SHA1 (RFC 2104) with the states after the inner and outer pad kept: a packet costs only its own blocks. One loop owns it.
/// </summary>
internal sealed unsafe class HmacSha1
{
    public const int DigestLength = 20;

    private const int BlockLength = 64;

    private LibCrypto.Sha1State _inner;
    private LibCrypto.Sha1State _outer;

    /// <param name="key">At most 64 bytes; SRTP's has 20 (RFC 3711 §4.2.1).</param>
    public HmacSha1(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, BlockLength);
        _inner = AfterPad(key, 0x36);
        _outer = AfterPad(key, 0x5C);
    }

    /// <summary>The MAC of <paramref name="data"/> followed by <paramref name="tail"/>.</summary>
    /// <param name="mac">20 bytes.</param>
    public void Compute(ReadOnlySpan<byte> data, ReadOnlySpan<byte> tail, Span<byte> mac)
    {
        var state = _inner;
        fixed (byte* d = data)
        fixed (byte* t = tail)
        fixed (byte* m = mac)
        {
            _ = LibCrypto.Sha1Update(&state, d, (nuint)data.Length);
            if (tail.Length > 0)
                _ = LibCrypto.Sha1Update(&state, t, (nuint)tail.Length);
            _ = LibCrypto.Sha1Final(m, &state);
            state = _outer;
            _ = LibCrypto.Sha1Update(&state, m, DigestLength);
            _ = LibCrypto.Sha1Final(m, &state);
        }
    }

    /// <summary>Overwrites the key.</summary>
    public void Clear()
    {
        _inner = default;
        _outer = default;
    }

    private static LibCrypto.Sha1State AfterPad(ReadOnlySpan<byte> key, byte pad)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        block.Fill(pad);
        for (var i = 0; i < key.Length; i++)
            block[i] ^= key[i];

        LibCrypto.Sha1State state;
        _ = LibCrypto.Sha1Init(&state);
        fixed (byte* b = block)
            _ = LibCrypto.Sha1Update(&state, b, BlockLength);
        CryptographicOperations.ZeroMemory(block);
        return state;
    }
}
