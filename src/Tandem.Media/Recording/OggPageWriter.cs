using System.Buffers;
using System.Buffers.Binary;

namespace Tandem.Media.Recording;

/// <summary>Writes the pages of one logical Ogg stream (RFC 3533 §6). Packets are shorter than a page.</summary>
internal sealed class OggPageWriter(uint serial)
{
    private const int HeadBytes = 27;
    private const int MaxSegments = 255;
    private const int CrcAt = 22;

    private static readonly uint[] Table = MakeTable();

    private readonly byte[] _lacing = new byte[MaxSegments];
    private readonly ArrayBufferWriter<byte> _body = new(16384);
    private int _segments;
    private uint _sequence;

    /// <summary>True while the page that is being filled has packets.</summary>
    public bool HasPackets => _segments > 0;

    /// <summary>Adds a packet to the page; false when it has no room, and must be written first.</summary>
    public bool TryAdd(ReadOnlySpan<byte> packet)
    {
        var segments = (packet.Length / 255) + 1;
        if (_segments + segments > MaxSegments)
            return false;

        for (var rest = packet.Length; ; rest -= 255)
        {
            _lacing[_segments++] = (byte)Math.Min(255, rest);
            if (rest < 255)
                break;
        }

        _body.Write(packet);
        return true;
    }

    /// <summary>Writes the page.</summary>
    /// <param name="granule">Samples up to its end, at 48 kHz.</param>
    /// <param name="isFirst">Begin of stream.</param>
    /// <param name="isLast">End of stream.</param>
    /// <param name="output">Where to.</param>
    public void Flush(long granule, bool isFirst, bool isLast, ArrayBufferWriter<byte> output)
    {
        var length = HeadBytes + _segments + _body.WrittenCount;
        var page = output.GetSpan(length)[..length];
        "OggS"u8.CopyTo(page);
        page[4] = 0;
        page[5] = (byte)((isFirst ? 2 : 0) | (isLast ? 4 : 0));
        BinaryPrimitives.WriteInt64LittleEndian(page[6..], granule);
        BinaryPrimitives.WriteUInt32LittleEndian(page[14..], serial);
        BinaryPrimitives.WriteUInt32LittleEndian(page[18..], _sequence++);
        BinaryPrimitives.WriteUInt32LittleEndian(page[CrcAt..], 0);
        page[26] = (byte)_segments;
        _lacing.AsSpan(0, _segments).CopyTo(page[HeadBytes..]);
        _body.WrittenSpan.CopyTo(page[(HeadBytes + _segments)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(page[CrcAt..], Crc(page));
        output.Advance(length);
        _segments = 0;
        _body.ResetWrittenCount();
    }

    // §6: polynomial 0x04C11DB7, neither reflected nor inverted.
    private static uint Crc(ReadOnlySpan<byte> page)
    {
        uint crc = 0;
        foreach (var b in page)
            crc = (crc << 8) ^ Table[(byte)(crc >> 24) ^ b];

        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var crc = i << 24;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x8000_0000) != 0 ? (crc << 1) ^ 0x04C1_1DB7 : crc << 1;

            table[i] = crc;
        }

        return table;
    }
}
