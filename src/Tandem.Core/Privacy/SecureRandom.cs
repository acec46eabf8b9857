using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tandem.Core.Privacy;

/// <summary>
/// A <see cref="Random"/> over the system's cryptographic source, for values that nobody may guess (tags, branches,
/// nonces). It draws 1 KiB at a time, so a value costs about as much as one of an ordinary generator. One loop owns it.
/// </summary>
public sealed class SecureRandom : Random
{
    private readonly byte[] _drawn = new byte[1024];
    private int _used = 1024;

    public override int Next() => (int)NextBelow(int.MaxValue);

    public override int Next(int maxValue) => Next(0, maxValue);

    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : (int)(minValue + (long)NextBelow((ulong)((long)maxValue - minValue)));
    }

    public override long NextInt64() => (long)NextBelow(long.MaxValue);

    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : minValue + (long)NextBelow((ulong)maxValue - (ulong)minValue);
    }

    public override double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public override float NextSingle() => (NextBits() >> 40) * (1.0f / (1 << 24));

    public override void NextBytes(byte[] buffer) => RandomNumberGenerator.Fill(buffer);

    public override void NextBytes(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);

    protected override double Sample() => NextDouble();

    // Without bias: the part of the range that does not divide evenly is drawn again.
    private ulong NextBelow(ulong limit)
    {
        var whole = ulong.MaxValue - (ulong.MaxValue % limit);
        ulong bits;
        do
            bits = NextBits();
        while (bits >= whole);
        return bits % limit;
    }

    private ulong NextBits()
    {
        if (_used == _drawn.Length)
        {
            RandomNumberGenerator.Fill(_drawn);
            _used = 0;
        }

        var bits = BinaryPrimitives.ReadUInt64LittleEndian(_drawn.AsSpan(_used));
        _drawn.AsSpan(_used, 8).Clear();
        _used += 8;
        return bits;
    }
}
