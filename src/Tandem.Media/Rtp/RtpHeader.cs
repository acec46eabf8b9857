using System.Buffers.Binary;

namespace Tandem.Media.Rtp;

/// <summary>
/// The header of an RTP packet, read in place (RFC 3550 §5.1).
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |                             SSRC                              |
/// |                      CSRC identifiers ...                     |
/// </code>
/// </summary>
/// <param name="HeaderLength">Bytes up to the payload, CSRC list and extension included.</param>
/// <param name="PaddingLength">Bytes of padding at the end; 0 when none, or when the packet is encrypted and they cannot be read.</param>
public readonly record struct RtpHeader(
    byte PayloadType,
    bool Marker,
    ushort Sequence,
    uint Timestamp,
    uint Ssrc,
    int HeaderLength,
    int PaddingLength)
{
    /// <summary>Bytes of the fixed part.</summary>
    public const int FixedLength = 12;

    /// <summary>Reads the header of <paramref name="packet"/>; false when it is not RTP (§A.1).</summary>
    /// <param name="packet">The whole packet.</param>
    /// <param name="encrypted">True for SRTP: the padding count is not readable and is not checked.</param>
    public static bool TryParse(ReadOnlySpan<byte> packet, bool encrypted, out RtpHeader header)
    {
        header = default;
        if (packet.Length < FixedLength || packet[0] >> 6 != 2)
            return false;

        var length = FixedLength + ((packet[0] & 0x0F) * 4);
        if ((packet[0] & 0x10) != 0)
        {
            // §5.3.1: the extension's length counts 32-bit words after its own first one.
            if (packet.Length < length + 4)
                return false;

            length += 4 + (BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]) * 4);
        }

        if (packet.Length < length)
            return false;

        var padding = 0;
        if ((packet[0] & 0x20) != 0 && !encrypted)
        {
            padding = packet[^1];
            if (padding == 0 || padding > packet.Length - length)
                return false;
        }

        header = new RtpHeader(
            (byte)(packet[1] & 0x7F),
            packet[1] >> 7 != 0,
            BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[8..]),
            length,
            padding);
        return true;
    }
}
