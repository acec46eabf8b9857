using System.Buffers.Binary;

namespace Tandem.Media.Playback.Reading;

/// <summary>A page of an Ogg stream whose checksum was right (RFC 3533 §6). It shows into the buffer of its reader, until the next page.</summary>
internal readonly ref struct OggPage(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Its first packet began on an earlier page.</summary>
    public bool IsContinued => (_bytes[5] & 1) != 0;

    /// <summary>The first page of its logical stream.</summary>
    public bool IsFirst => (_bytes[5] & 2) != 0;

    /// <summary>The last page of its logical stream.</summary>
    public bool IsLast => (_bytes[5] & 4) != 0;

    /// <summary>The position at the end of the last packet that ends here; -1 when none does.</summary>
    public long Granule => BinaryPrimitives.ReadInt64LittleEndian(_bytes[6..]);

    /// <summary>Which logical stream it belongs to.</summary>
    public uint Serial => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[14..]);

    /// <summary>The number of the page in its logical stream.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[18..]);

    /// <summary>The lacing values: 255 continues a packet, less ends it.</summary>
    public ReadOnlySpan<byte> Segments => _bytes.Slice(OggPageReader.HeaderBytes, _bytes[26]);

    /// <summary>The segments' bytes.</summary>
    public ReadOnlySpan<byte> Body => _bytes[(OggPageReader.HeaderBytes + _bytes[26])..];
}
