using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tandem.Media.Codecs.G711;

/// <summary>
/// ITU-T G.711, both laws, between 8-bit codes and 16-bit samples as the reference of G.191 computes them. Decoding is a table of 256
/// samples. Encoding finds segment and step in the bits of a float: its exponent is the segment, the four bits below are the step, so a
/// vector of samples needs neither a table of 64 kB nor a search.
/// </summary>
public static class Companding
{
    // 32-bit floats: 23 bits of mantissa, of which four stay; the exponent is biased by 127.
    private const int KeptShift = 23 - 4;

    private static readonly short[] MuTable = MakeTable(ExpandMu);
    private static readonly short[] ATable = MakeTable(ExpandA);

    /// <summary>µ-law codes to samples, as many as there are codes; <paramref name="samples"/> must be as long.</summary>
    public static void DecodeMu(ReadOnlySpan<byte> codes, Span<short> samples) => Decode(MuTable, codes, samples);

    /// <summary>A-law codes to samples.</summary>
    public static void DecodeA(ReadOnlySpan<byte> codes, Span<short> samples) => Decode(ATable, codes, samples);

    /// <summary>Samples to µ-law codes.</summary>
    public static void EncodeMu(ReadOnlySpan<short> samples, Span<byte> codes)
    {
        codes = codes[..samples.Length];
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; i <= samples.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                var first = new Vector<short>(samples[i..]);
                var second = new Vector<short>(samples[(i + Vector<short>.Count)..]);
                Vector.Narrow(Vector.AsVectorUInt16(CompressMu(first)), Vector.AsVectorUInt16(CompressMu(second))).CopyTo(codes[i..]);
            }
        }

        for (; i < samples.Length; i++)
            codes[i] = CompressMu(samples[i]);
    }

    /// <summary>Samples to A-law codes.</summary>
    public static void EncodeA(ReadOnlySpan<short> samples, Span<byte> codes)
    {
        codes = codes[..samples.Length];
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; i <= samples.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                var first = new Vector<short>(samples[i..]);
                var second = new Vector<short>(samples[(i + Vector<short>.Count)..]);
                Vector.Narrow(Vector.AsVectorUInt16(CompressA(first)), Vector.AsVectorUInt16(CompressA(second))).CopyTo(codes[i..]);
            }
        }

        for (; i < samples.Length; i++)
            codes[i] = CompressA(samples[i]);
    }

    private static void Decode(short[] table, ReadOnlySpan<byte> codes, Span<short> samples)
    {
        samples = samples[..codes.Length];
        ref var entry = ref MemoryMarshal.GetArrayDataReference(table);
        for (var i = 0; i < codes.Length; i++)
            samples[i] = Unsafe.Add(ref entry, (nint)codes[i]);
    }

    // The 14 upper bits, magnitude of ones' complement, biased by 33 and clipped to 13 bits: 33 to 8191.
    private static byte CompressMu(short sample)
    {
        var sign = sample >> 15;
        var magnitude = Math.Min(((sample ^ sign) >> 2) + 33, 0x1FFF);
        var code = (BitConverter.SingleToInt32Bits(magnitude) >> KeptShift) - ((127 + 5) << 4);
        return (byte)(~code ^ (sign & 0x80));
    }

    private static Vector<short> CompressMu(Vector<short> samples)
    {
        var sign = Vector.ShiftRightArithmetic(samples, 15);
        var magnitude = Vector.Min(Vector.ShiftRightArithmetic(samples ^ sign, 2) + new Vector<short>(33), new Vector<short>(0x1FFF));
        var code = Logarithm(magnitude) - new Vector<short>((127 + 5) << 4);
        return (~code ^ (sign & new Vector<short>(0x80))) & new Vector<short>(0xFF);
    }

    // The 12 upper bits: below 16 they are the code, above segment and step follow; every other bit is turned (0x55).
    private static byte CompressA(short sample)
    {
        var sign = sample >> 15;
        var magnitude = (sample ^ sign) >> 4;
        var code = magnitude < 16 ? magnitude : (BitConverter.SingleToInt32Bits(magnitude) >> KeptShift) - ((127 + 3) << 4);
        return (byte)(code ^ 0xD5 ^ (sign & 0x80));
    }

    private static Vector<short> CompressA(Vector<short> samples)
    {
        var sign = Vector.ShiftRightArithmetic(samples, 15);
        var magnitude = Vector.ShiftRightArithmetic(samples ^ sign, 4);
        var segments = Logarithm(magnitude) - new Vector<short>((127 + 3) << 4);
        var code = Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<short>(16)), magnitude, segments);
        return code ^ new Vector<short>(0xD5) ^ (sign & new Vector<short>(0x80));
    }

    private static Vector<short> Logarithm(Vector<short> magnitude)
    {
        Vector.Widen(magnitude, out var low, out var high);
        return Vector.Narrow(
            Vector.ShiftRightLogical(Vector.AsVectorInt32(Vector.ConvertToSingle(low)), KeptShift),
            Vector.ShiftRightLogical(Vector.AsVectorInt32(Vector.ConvertToSingle(high)), KeptShift));
    }

    private static short ExpandMu(int code)
    {
        code = ~code;
        var magnitude = (((2 * (code & 15)) + 33) << ((code >> 4) & 7)) - 33;
        return (short)((code & 0x80) != 0 ? -4 * magnitude : 4 * magnitude);
    }

    private static short ExpandA(int code)
    {
        code ^= 0x55;
        var segment = (code >> 4) & 7;
        var magnitude = segment == 0 ? (2 * (code & 15)) + 1 : ((2 * (code & 15)) + 33) << (segment - 1);
        return (short)((code & 0x80) != 0 ? 8 * magnitude : -8 * magnitude);
    }

    private static short[] MakeTable(Func<int, short> expand)
    {
        var table = new short[256];
        for (var code = 0; code < 256; code++)
            table[code] = expand(code);
        return table;
    }
}
