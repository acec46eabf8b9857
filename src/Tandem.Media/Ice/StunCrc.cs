namespace Tandem.Media.Ice;

/// <summary>The CRC-32 of ITU V.42, of which FINGERPRINT is made (RFC 8489 §14.7).</summary>
internal static class StunCrc
{
    private const uint Mask = 0x5354554E;

    private static readonly uint[] Table = MakeTable();

    /// <summary>The value of a FINGERPRINT behind <paramref name="data"/>, whose header counts the attribute already.</summary>
    public static uint Fingerprint(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);

        return ~crc ^ Mask;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;

            table[i] = crc;
        }

        return table;
    }
}
