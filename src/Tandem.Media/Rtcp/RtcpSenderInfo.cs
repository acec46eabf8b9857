using System.Buffers.Binary;

namespace Tandem.Media.Rtcp;

/// <summary>What a sender says about itself in an SR (RFC 3550 §6.4.1).</summary>
/// <param name="Ssrc">The sender.</param>
/// <param name="Ntp">Its clock, in 2^-32 s.</param>
/// <param name="RtpTimestamp">The same moment on the clock of the media.</param>
/// <param name="Packets">RTP packets sent since the SSRC began.</param>
/// <param name="Octets">Their payload.</param>
public readonly record struct RtcpSenderInfo(uint Ssrc, ulong Ntp, uint RtpTimestamp, uint Packets, uint Octets)
{
    /// <summary>Bytes with the SSRC.</summary>
    public const int Size = 24;

    /// <summary>What a report about it names as LSR.</summary>
    public uint NtpMiddle => (uint)(Ntp >> 16);

    public static RtcpSenderInfo Read(ReadOnlySpan<byte> data) => new(
        BinaryPrimitives.ReadUInt32BigEndian(data),
        BinaryPrimitives.ReadUInt64BigEndian(data[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(data[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(data[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(data[20..]));

    public void Write(Span<byte> data)
    {
        BinaryPrimitives.WriteUInt32BigEndian(data, Ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(data[4..], Ntp);
        BinaryPrimitives.WriteUInt32BigEndian(data[12..], RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(data[16..], Packets);
        BinaryPrimitives.WriteUInt32BigEndian(data[20..], Octets);
    }
}
