using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tandem.Media.Srtp;

/// <summary>Counter mode with the AES instructions of x86: four blocks at a time fill the pipeline.</summary>
internal sealed class AesNiCounter : AesCounter
{
    private const int Rounds = 10;

    private RoundKeys _keys;

    public AesNiCounter(ReadOnlySpan<byte> key) => Expand(Vector128.Create(key));

    public static bool IsSupported => Aes.IsSupported && Sse41.IsSupported;

    public override void Crypt(ReadOnlySpan<byte> iv, Span<byte> data)
    {
        var start = Vector128.Create(iv).AsUInt16();
        ref var at = ref MemoryMarshal.GetReference(data);
        var length = data.Length;
        var counter = 0;
        while (length >= 64)
        {
            var a = Block(start, counter) ^ _keys[0];
            var b = Block(start, counter + 1) ^ _keys[0];
            var c = Block(start, counter + 2) ^ _keys[0];
            var d = Block(start, counter + 3) ^ _keys[0];
            for (var round = 1; round < Rounds; round++)
            {
                var key = _keys[round];
                a = Aes.Encrypt(a, key);
                b = Aes.Encrypt(b, key);
                c = Aes.Encrypt(c, key);
                d = Aes.Encrypt(d, key);
            }

            var last = _keys[Rounds];
            (Vector128.LoadUnsafe(ref at) ^ Aes.EncryptLast(a, last)).StoreUnsafe(ref at);
            (Vector128.LoadUnsafe(ref at, 16) ^ Aes.EncryptLast(b, last)).StoreUnsafe(ref at, 16);
            (Vector128.LoadUnsafe(ref at, 32) ^ Aes.EncryptLast(c, last)).StoreUnsafe(ref at, 32);
            (Vector128.LoadUnsafe(ref at, 48) ^ Aes.EncryptLast(d, last)).StoreUnsafe(ref at, 48);
            at = ref Unsafe.Add(ref at, 64);
            length -= 64;
            counter += 4;
        }

        while (length >= 16)
        {
            (Vector128.LoadUnsafe(ref at) ^ Encrypt(Block(start, counter++))).StoreUnsafe(ref at);
            at = ref Unsafe.Add(ref at, 16);
            length -= 16;
        }

        if (length > 0)
        {
            var stream = Encrypt(Block(start, counter));
            for (var i = 0; i < length; i++)
                Unsafe.Add(ref at, i) ^= stream[i];
        }
    }

    // 176 bytes: three or four lines of a cache.
    public override long Touch() => (_keys[0] ^ _keys[4] ^ _keys[8] ^ _keys[Rounds]).AsInt64().ToScalar();

    public override void Dispose() => _keys = default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Block(Vector128<ushort> start, int counter) =>
        Sse2.Insert(start, BinaryPrimitives.ReverseEndianness((ushort)counter), 7).AsByte();

    private Vector128<byte> Encrypt(Vector128<byte> block)
    {
        block ^= _keys[0];
        for (var round = 1; round < Rounds; round++)
            block = Aes.Encrypt(block, _keys[round]);
        return Aes.EncryptLast(block, _keys[Rounds]);
    }

    // FIPS 197 §5.2, with the instruction for the S-box; its round constant must be an immediate.
    private void Expand(Vector128<byte> key)
    {
        _keys[0] = key;
        _keys[1] = key = Next(key, Aes.KeygenAssist(key, 0x01));
        _keys[2] = key = Next(key, Aes.KeygenAssist(key, 0x02));
        _keys[3] = key = Next(key, Aes.KeygenAssist(key, 0x04));
        _keys[4] = key = Next(key, Aes.KeygenAssist(key, 0x08));
        _keys[5] = key = Next(key, Aes.KeygenAssist(key, 0x10));
        _keys[6] = key = Next(key, Aes.KeygenAssist(key, 0x20));
        _keys[7] = key = Next(key, Aes.KeygenAssist(key, 0x40));
        _keys[8] = key = Next(key, Aes.KeygenAssist(key, 0x80));
        _keys[9] = key = Next(key, Aes.KeygenAssist(key, 0x1B));
        _keys[10] = Next(key, Aes.KeygenAssist(key, 0x36));
    }

    private static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> assist)
    {
        var word = Sse2.Shuffle(assist.AsUInt32(), 0xFF).AsByte();
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 8);
        return key ^ word;
    }

    [InlineArray(Rounds + 1)]
    private struct RoundKeys
    {
        private Vector128<byte> _first;
    }
}
