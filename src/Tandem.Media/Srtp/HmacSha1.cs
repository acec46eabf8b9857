using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Tandem.Media.Native;

namespace Tandem.Media.Srtp;

/// <summary>
/// HMAC-SHA1 (RFC 2104) with the states after the inner and outer pad kept: a packet costs only its own blocks. Forty bytes that lie inside
/// of who uses them, because with many calls it is memory that costs; and padding is done here, so that libcrypto only compresses.
/// </summary>
internal readonly unsafe struct HmacSha1
{
    public const int DigestLength = 20;

    /// <summary>Bytes of the longest tail.</summary>
    public const int MaxTail = 32;

    private const int BlockLength = 64;
    private const int LengthBytes = 8;

    private readonly State _inner;
    private readonly State _outer;

    /// <param name="key">At most 64 bytes; SRTP's has 20 (RFC 3711 §4.2.1).</param>
    public HmacSha1(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, BlockLength);
        _inner = AfterPad(key, 0x36);
        _outer = AfterPad(key, 0x5C);
    }

    /// <summary>The MAC of <paramref name="data"/> followed by <paramref name="tail"/>.</summary>
    /// <param name="data">The packet.</param>
    /// <param name="tail">At most <see cref="MaxTail"/> bytes.</param>
    /// <param name="mac">20 bytes.</param>
    [SkipLocalsInit]
    public void Compute(ReadOnlySpan<byte> data, ReadOnlySpan<byte> tail, Span<byte> mac)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tail.Length, MaxTail);
        ArgumentOutOfRangeException.ThrowIfLessThan(mac.Length, DigestLength);

        // FIPS 180-4 §5.1.1: what is left of the message, a one bit, zeros, and the length in bits.
        var whole = data.Length & ~(BlockLength - 1);
        var rest = data.Length - whole;
        Vector512<byte>* last = stackalloc Vector512<byte>[2];
        last[0] = last[1] = Vector512<byte>.Zero;
        var bytes = new Span<byte>(last, 2 * BlockLength);
        data[whole..].CopyTo(bytes);
        tail.CopyTo(bytes[rest..]);
        bytes[rest + tail.Length] = 0x80;
        var blocks = rest + tail.Length + 1 + LengthBytes <= BlockLength ? 1 : 2;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[((blocks * BlockLength) - LengthBytes)..], Bits(data.Length + tail.Length));

        LibCrypto.Sha1State state;
        _inner.Start(&state);
        if (whole > 0)
        {
            fixed (byte* d = data)
                _ = LibCrypto.Sha1Update(&state, d, (nuint)whole);
        }

        _ = LibCrypto.Sha1Update(&state, (byte*)last, (nuint)(blocks * BlockLength));

        // The digest fills the first of the outer blocks, which is the last as well.
        var inner = new State(&state);
        var block = (Vector128<byte>*)last;
        block[0] = inner.BigEndianFour;
        block[1] = Vector128.Create(inner.BigEndianFifth, BinaryPrimitives.ReverseEndianness(0x80000000), 0, 0).AsByte();
        block[2] = Vector128<byte>.Zero;
        block[3] = Vector128.Create(0, 0, 0, BinaryPrimitives.ReverseEndianness((uint)Bits(DigestLength))).AsByte();
        _outer.Start(&state);
        _ = LibCrypto.Sha1Update(&state, (byte*)last, BlockLength);
        var outer = new State(&state);
        outer.BigEndianFour.CopyTo(mac);
        MemoryMarshal.Write(mac[Vector128<byte>.Count..], outer.BigEndianFifth);
    }

    /// <summary>Reads the kept states.</summary>
    public uint Touch() => _inner.BigEndianFifth ^ _outer.BigEndianFifth;

    // The block of the pad comes first.
    private static ulong Bits(int bytes) => ((ulong)bytes + BlockLength) * 8;

    private static State AfterPad(ReadOnlySpan<byte> key, byte pad)
    {
        var block = stackalloc byte[BlockLength];
        var bytes = new Span<byte>(block, BlockLength);
        bytes.Fill(pad);
        for (var i = 0; i < key.Length; i++)
            bytes[i] ^= key[i];

        LibCrypto.Sha1State state;
        State.Initial.Start(&state);
        _ = LibCrypto.Sha1Update(&state, block, BlockLength);
        CryptographicOperations.ZeroMemory(bytes);
        return new State(&state);
    }

    /// <summary>The five words of SHA-1 between two blocks.</summary>
    private readonly struct State(Vector128<uint> four, uint fifth)
    {
        private static readonly Vector128<byte> Swap = Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);

        private readonly Vector128<uint> _four = four;
        private readonly uint _fifth = fifth;

        public State(LibCrypto.Sha1State* state)
            : this(Vector128.Load(state->Words), state->Words[4])
        {
        }

        /// <summary>FIPS 180-4 §5.3.1.</summary>
        public static State Initial => new(Vector128.Create(0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476), 0xC3D2E1F0);

        public Vector128<byte> BigEndianFour => Vector128.Shuffle(_four.AsByte(), Swap);

        public uint BigEndianFifth => BinaryPrimitives.ReverseEndianness(_fifth);

        // Only whole blocks follow, so libcrypto neither keeps bytes for later nor pads: of SHA_CTX (openssl/sha.h) it reads the five words,
        // the count of bits and the fill, which is none.
        public void Start(LibCrypto.Sha1State* state)
        {
            _four.Store(state->Words);
            state->Words[4] = _fifth;
            state->LowBits = state->HighBits = state->Fill = 0;
        }
    }
}
