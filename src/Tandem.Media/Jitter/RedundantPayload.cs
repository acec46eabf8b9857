using System.Buffers.Binary;

namespace Tandem.Media.Jitter;

/// <summary>
/// A payload of redundant audio (RFC 2198 §3), read in place: redundant blocks, oldest first, then the primary one.
/// <code>
/// |1|   block PT  |  timestamp offset (14)    | block length (10) |   for each redundant block
/// |0|   block PT  |                                                  for the primary block
/// </code>
/// </summary>
public readonly ref struct RedundantPayload
{
    /// <summary>Redundant blocks that are read; a payload with more is refused. More than two or three levels are of no use (§3).</summary>
    public const int MaxBlocks = 8;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _data;

    private RedundantPayload(ReadOnlySpan<byte> bytes, int count, int data, int primary)
    {
        _bytes = bytes;
        Count = count;
        _data = data;
        PrimaryType = bytes[(count * 4)] & 0x7F;
        Primary = bytes[primary..];
    }

    /// <summary>Redundant blocks.</summary>
    public int Count { get; }

    /// <summary>Payload type of the primary block.</summary>
    public int PrimaryType { get; }

    /// <summary>The primary block; perhaps empty.</summary>
    public ReadOnlySpan<byte> Primary { get; }

    /// <summary>Reads <paramref name="payload"/>; false when a block reaches beyond its end or there are too many.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out RedundantPayload result)
    {
        result = default;
        var at = 0;
        var count = 0;
        var lengths = 0;
        while (true)
        {
            if (at >= payload.Length)
                return false;
            if ((payload[at] & 0x80) == 0)
                break;
            if (payload.Length - at < 4 || ++count > MaxBlocks)
                return false;

            lengths += BinaryPrimitives.ReadUInt16BigEndian(payload[(at + 2)..]) & 0x3FF;
            at += 4;
        }

        at++;
        if (payload.Length - at < lengths)
            return false;

        result = new RedundantPayload(payload, count, at, at + lengths);
        return true;
    }

    /// <summary>Redundant block <paramref name="index"/>, 0 the oldest.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="payloadType">Its payload type.</param>
    /// <param name="offset">How much earlier than the primary it begins, in timestamp units.</param>
    public ReadOnlySpan<byte> Block(int index, out int payloadType, out int offset)
    {
        if ((uint)index >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(index));

        var start = _data;
        for (var i = 0; i < index; i++)
            start += Length(i);
        var header = _bytes[(index * 4)..];
        payloadType = header[0] & 0x7F;
        offset = BinaryPrimitives.ReadUInt16BigEndian(header[1..]) >> 2;
        return _bytes.Slice(start, Length(index));
    }

    private int Length(int index) => BinaryPrimitives.ReadUInt16BigEndian(_bytes[((index * 4) + 2)..]) & 0x3FF;
}
