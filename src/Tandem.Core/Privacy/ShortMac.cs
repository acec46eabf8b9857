using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tandem.Core.Privacy;

/// <summary>
/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein): a keyed function for short inputs whose results nobody without the
/// key can foresee or tell from chance. For what is made and checked by one process on every message (nonces, tags): it
/// costs some 30 ns, where HMAC-SHA-256 through the system's library costs over a microsecond. Immutable and thread-safe.
/// </summary>
public readonly struct ShortMac
{
    /// <summary>Bytes of a key and of a result.</summary>
    public const int Size = 16;

    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <param name="key"><see cref="Size"/> bytes from a cryptographic source.</param>
    public ShortMac(ReadOnlySpan<byte> key)
    {
        _key0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        _key1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);
    }

    /// <summary>Writes the <see cref="Size"/> bytes for <paramref name="data"/>.</summary>
    public void Compute(ReadOnlySpan<byte> data, Span<byte> result)
    {
        var state = new State(_key0, _key1);
        var rest = data;
        for (; rest.Length >= 8; rest = rest[8..])
            state.Take(BinaryPrimitives.ReadUInt64LittleEndian(rest));

        var last = (ulong)data.Length << 56;
        for (var i = 0; i < rest.Length; i++)
            last |= (ulong)rest[i] << (8 * i);

        state.Take(last);
        BinaryPrimitives.WriteUInt64LittleEndian(result, state.Finish(0xEE));
        BinaryPrimitives.WriteUInt64LittleEndian(result[8..], state.Finish(0xDD));
    }

    private struct State
    {
        private ulong _v0;
        private ulong _v1;
        private ulong _v2;
        private ulong _v3;

        public State(ulong key0, ulong key1)
        {
            _v0 = key0 ^ 0x736F6D6570736575;
            _v1 = key1 ^ 0x646F72616E646F6D ^ 0xEE;
            _v2 = key0 ^ 0x6C7967656E657261;
            _v3 = key1 ^ 0x7465646279746573;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        // The first half of the result is marked by 0xEE, the second by 0xDD, as in the reference.
        public ulong Finish(byte half)
        {
            if (half == 0xEE)
                _v2 ^= half;
            else
                _v1 ^= half;

            for (var i = 0; i < 4; i++)
                Round();

            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
