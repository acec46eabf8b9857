namespace Tandem.Media.Playback.Reading;

/// <summary>The checksum of Ogg pages: polynomial 0x04C11DB7, most significant bit first, start and final value 0 (RFC 3533 §6).</summary>
internal static class OggCrc
{
    private static readonly uint[] Table = Make();

    /// <summary>Continues <paramref name="crc"/> over <paramref name="bytes"/>.</summary>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
            crc = (crc << 8) ^ Table[(byte)(crc >> 24) ^ one];
        return crc;
    }

    private static uint[] Make()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i << 24;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 0x8000_0000) != 0 ? (value << 1) ^ 0x04C1_1DB7 : value << 1;
            table[i] = value;
        }

        return table;
    }
}
