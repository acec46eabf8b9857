using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tandem.Sip.Authentication;

/// <summary>
/// MD5 (RFC 1321), for the digest that most phones still speak. Three fifths of the time of the platform's MD5 go into making and
/// freeing contexts of the system's library, and each registration needs two of them; this one only computes. SHA-256 stays the
/// platform's, which uses the processor's instructions for it.
/// </summary>
internal static class Md5
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashLength = 16;

    private const int BlockBytes = 64;

    // RFC 1321 §3.4: floor(2^32 * abs(sin(i + 1))).
    private static readonly uint[] Sines = MakeSines();

    /// <summary>Writes the hash of <paramref name="data"/> and returns its length.</summary>
    public static int HashData(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        uint a = 0x67452301, b = 0xEFCDAB89, c = 0x98BADCFE, d = 0x10325476;
        var rest = data;
        for (; rest.Length >= BlockBytes; rest = rest[BlockBytes..])
            Block(rest, ref a, ref b, ref c, ref d);

        // §3.1, §3.2: a one bit, zeros, and the length in bits.
        Span<byte> last = stackalloc byte[2 * BlockBytes];
        last.Clear();
        rest.CopyTo(last);
        last[rest.Length] = 0x80;
        var end = rest.Length < BlockBytes - 8 ? BlockBytes : 2 * BlockBytes;
        BinaryPrimitives.WriteUInt64LittleEndian(last[(end - 8)..], (ulong)data.Length * 8);
        for (var at = 0; at < end; at += BlockBytes)
            Block(last[at..], ref a, ref b, ref c, ref d);

        BinaryPrimitives.WriteUInt32LittleEndian(hash, a);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[4..], b);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[8..], c);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[12..], d);
        return HashLength;
    }

    private static void Block(ReadOnlySpan<byte> block, ref uint a0, ref uint b0, ref uint c0, ref uint d0)
    {
        Span<uint> words = stackalloc uint[16];
        for (var i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);

        ReadOnlySpan<uint> sines = Sines;
        uint a = a0, b = b0, c = c0, d = d0;
        for (var i = 0; i < 16; i += 4)
        {
            a = Step(a, b, d ^ (b & (c ^ d)), words[i] + sines[i], 7);
            d = Step(d, a, c ^ (a & (b ^ c)), words[i + 1] + sines[i + 1], 12);
            c = Step(c, d, b ^ (d & (a ^ b)), words[i + 2] + sines[i + 2], 17);
            b = Step(b, c, a ^ (c & (d ^ a)), words[i + 3] + sines[i + 3], 22);
        }

        for (var i = 16; i < 32; i += 4)
        {
            a = Step(a, b, c ^ (d & (b ^ c)), words[((5 * i) + 1) & 15] + sines[i], 5);
            d = Step(d, a, b ^ (c & (a ^ b)), words[((5 * i) + 6) & 15] + sines[i + 1], 9);
            c = Step(c, d, a ^ (b & (d ^ a)), words[((5 * i) + 11) & 15] + sines[i + 2], 14);
            b = Step(b, c, d ^ (a & (c ^ d)), words[(5 * i) & 15] + sines[i + 3], 20);
        }

        for (var i = 32; i < 48; i += 4)
        {
            a = Step(a, b, b ^ c ^ d, words[((3 * i) + 5) & 15] + sines[i], 4);
            d = Step(d, a, a ^ b ^ c, words[((3 * i) + 8) & 15] + sines[i + 1], 11);
            c = Step(c, d, d ^ a ^ b, words[((3 * i) + 11) & 15] + sines[i + 2], 16);
            b = Step(b, c, c ^ d ^ a, words[((3 * i) + 14) & 15] + sines[i + 3], 23);
        }

        for (var i = 48; i < 64; i += 4)
        {
            a = Step(a, b, c ^ (b | ~d), words[(7 * i) & 15] + sines[i], 6);
            d = Step(d, a, b ^ (a | ~c), words[((7 * i) + 7) & 15] + sines[i + 1], 10);
            c = Step(c, d, a ^ (d | ~b), words[((7 * i) + 14) & 15] + sines[i + 2], 15);
            b = Step(b, c, d ^ (c | ~a), words[((7 * i) + 21) & 15] + sines[i + 3], 21);
        }

        a0 += a;
        b0 += b;
        c0 += c;
        d0 += d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(uint a, uint b, uint mixed, uint word, int shift) => b + BitOperations.RotateLeft(a + mixed + word, shift);

    private static uint[] MakeSines()
    {
        var sines = new uint[64];
        for (var i = 0; i < sines.Length; i++)
            sines[i] = (uint)(long)Math.Floor(Math.Abs(Math.Sin(i + 1)) * 4_294_967_296.0);

        return sines;
    }
}
