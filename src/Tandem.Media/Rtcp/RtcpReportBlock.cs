using System.Buffers.Binary;

namespace Tandem.Media.Rtcp;

/// <summary>
/// What a receiver says about one source (RFC 3550 §6.4.1).
/// <code>
/// |                 SSRC of the source reported on                |
/// | fraction lost |     cumulative number of packets lost         |
/// |           extended highest sequence number received           |
/// |                      interarrival jitter                      |
/// |                         last SR (LSR)                         |
/// |                   delay since last SR (DLSR)                  |
/// </code>
/// </summary>
/// <param name="Ssrc">The source.</param>
/// <param name="FractionLost">Since the last report, in 1/256.</param>
/// <param name="CumulativeLost">24 bits, negative when duplicates came.</param>
/// <param name="HighestSequence">With the count of cycles in the upper half.</param>
/// <param name="Jitter">In units of the timestamp.</param>
/// <param name="LastSr">The middle 32 bits of the NTP time of the last SR from the source; 0 when none came.</param>
/// <param name="DelaySinceLastSr">In 1/65536 s.</param>
public readonly record struct RtcpReportBlock(
    uint Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint HighestSequence,
    uint Jitter,
    uint LastSr,
    uint DelaySinceLastSr)
{
    /// <summary>Bytes of a block.</summary>
    public const int Size = 24;

    private const int MaxLost = 0x7FFFFF;

    /// <summary>0 to 1.</summary>
    public double LossFraction => FractionLost / 256.0;

    /// <summary>Reads <see cref="Size"/> bytes.</summary>
    public static RtcpReportBlock Read(ReadOnlySpan<byte> data)
    {
        var loss = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        return new RtcpReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(data),
            (byte)(loss >> 24),
            (int)(loss << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(data[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(data[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(data[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(data[20..]));
    }

    /// <summary>Writes <see cref="Size"/> bytes; the sum of losses is kept within its 24 bits (§A.3).</summary>
    public void Write(Span<byte> data)
    {
        var lost = (uint)Math.Clamp(CumulativeLost, -MaxLost - 1, MaxLost) & 0xFFFFFF;
        BinaryPrimitives.WriteUInt32BigEndian(data, Ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], ((uint)FractionLost << 24) | lost);
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(data[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(data[16..], LastSr);
        BinaryPrimitives.WriteUInt32BigEndian(data[20..], DelaySinceLastSr);
    }
}
