using System.Buffers.Binary;

namespace Tandem.Media.Tests.Codecs.G722;

/// <summary>
/// The digital test sequences of ITU-T G.722 Appendix II which the Recommendation describes so far that they can be made: T1C2 (overflow,
/// table II.3) and T1D3 (artificial, clause II.3.2 and table II.4). The others are known by the CRC-32 that the ITU publishes for its files.
/// A file is 16 marker words, data words whose last bit is 0, and 16 marker words again.
/// </summary>
internal static class AppendixTwo
{
    private const int Markers = 16;

    /// <summary>X of T1C2.XMT: 639 values between the extremes, three that turn the predictors, 126 that overflow them.</summary>
    public static short[] OverflowInput =>
    [
        .. Enumerable.Range(0, 639).Select(i => (short)(i % 2 == 0 ? -16384 : 16383)),
        0, -10000, -8192,
        .. Enumerable.Range(0, 126).Select(i => (short)(i % 3 == 1 ? 16383 : -16384)),
    ];

    /// <summary>I of T1D3.COD: the sign bits of both bands run through eight patterns, the lower steps through all codes.</summary>
    public static byte[] ArtificialCodes
    {
        get
        {
            string[] signs = ["001", "11110000", "1", "1100", "10", "00000100", "00101", "11000"];
            int[] runs = [0, 16, -1, 8, -1, 4, 0, 2];
            var codes = new byte[16384];
            for (var i = 0; i < codes.Length; i++)
            {
                var part = i / 2048;
                var sign = signs[part][i % 2048 % signs[part].Length] - '0';

                // The higher band: constant 1 or 0, or runs of 1 and 0 that grow shorter.
                var lowest = runs[part] switch { 0 => 1, -1 => 0, var run => i % 2048 / run % 2 == 0 ? 1 : 0 };

                // The lower band: from 31 down, 256 times the same, then 256 in runs of 16 with the next; at last 0 and 3.
                var step = i / 256;
                var second = i % 32 >= 16;
                var value = step == 63 ? (second ? 3 : 0) : 31 - (step / 2) - (step % 2 == 1 && second ? 1 : 0);
                codes[i] = (byte)((sign << 7) | (lowest << 6) | (sign << 5) | value);
            }

            return codes;
        }
    }

    /// <summary>The CRC-32 of a file of the little-endian set that holds these words between its markers.</summary>
    public static uint Checksum(IEnumerable<int> words)
    {
        var marker = Enumerable.Repeat(1, Markers);
        var bytes = marker.Concat(words).Concat(marker).SelectMany(Bytes);
        var crc = 0xFFFFFFFFu;
        foreach (var octet in bytes)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }

    private static byte[] Bytes(int word)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)word);
        return bytes;
    }
}
