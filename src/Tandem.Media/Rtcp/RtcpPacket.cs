using System.Buffers.Binary;

namespace Tandem.Media.Rtcp;

/// <summary>Tells RTCP from RTP and checks that it is well formed.</summary>
public static class RtcpPacket
{
    /// <summary>SR, RFC 3550 §6.4.1.</summary>
    public const byte SenderReport = 200;

    /// <summary>RR, RFC 3550 §6.4.2.</summary>
    public const byte ReceiverReport = 201;

    private const int HeaderLength = 4;

    /// <summary>
    /// True when a packet on a shared port is RTCP (RFC 5761 §4): its second byte is 192 to 223, which RTP payload types 64 to 95
    /// with the marker would need.
    /// </summary>
    public static bool IsRtcp(ReadOnlySpan<byte> packet) => packet.Length >= HeaderLength && packet[0] >> 6 == 2 && packet[1] is >= 192 and <= 223;

    /// <summary>
    /// True when <paramref name="packet"/> is a well-formed RTCP packet or compound of them (RFC 3550 §A.2; RFC 5506 allows it to begin
    /// with another type than SR or RR). Of SRTCP only the first eight bytes are readable: there the length alone is bounded.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> packet, bool encrypted)
    {
        if (!IsRtcp(packet))
            return false;

        if (encrypted)
            return packet.Length >= 8;

        // Padding is allowed in the last packet of a compound only.
        var rest = packet;
        while (true)
        {
            if (rest.Length < HeaderLength || rest[0] >> 6 != 2)
                return false;

            var length = (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 1) * 4;
            if (length > rest.Length)
                return false;

            var isLast = length == rest.Length;
            if ((rest[0] & 0x20) != 0 && !isLast)
                return false;
            if (isLast)
                return true;

            rest = rest[length..];
        }
    }
}
