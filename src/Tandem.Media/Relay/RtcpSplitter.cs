using System.Buffers.Binary;

namespace Tandem.Media.Relay;

/// <summary>
/// Takes a compound of a bundled transport apart, line by line, when the lines go different ways. A packet belongs to the line of its
/// sender; a receiver report and feedback (RFC 4585) to the line of the source that they speak of, for their sender may be any of the
/// bundle's.
/// </summary>
internal static class RtcpSplitter
{
    private const int ReceiverReportLength = 8;

    /// <summary>
    /// Copies the packets of <paramref name="compound"/> that belong to <paramref name="leg"/> into <paramref name="target"/>, behind
    /// an empty receiver report when they do not begin with a report (RFC 3550 §6.1). Returns the bytes; 0 when there are none.
    /// </summary>
    public static int Copy(ReadOnlySpan<byte> compound, LineLeg leg, LineDemux demux, Span<byte> target)
    {
        var length = 0;
        while (!compound.IsEmpty)
        {
            var size = (BinaryPrimitives.ReadUInt16BigEndian(compound[2..]) + 1) * 4;
            var packet = compound[..size];
            compound = compound[size..];
            if (!ReferenceEquals(LegOf(packet, demux), leg))
                continue;

            if (length == 0 && packet[1] is not (200 or 201))
            {
                if (target.Length < ReceiverReportLength + size || size < 8)
                    continue;

                target[0] = 0x80;
                target[1] = 201;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], 1);
                packet.Slice(4, 4).CopyTo(target[4..]);
                length = ReceiverReportLength;
            }

            if (target.Length - length < size)
                return length;

            packet.CopyTo(target[length..]);
            length += size;
        }

        return length;
    }

    private static LineLeg? LegOf(ReadOnlySpan<byte> packet, LineDemux demux)
    {
        if (packet.Length < 8)
            return null;

        // Receiver reports and feedback name the source in their ninth to twelfth byte; a REMB names none there (0) and lists them later.
        var sender = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        if (packet[1] is 201 or 205 or 206 && packet.Length >= 12)
        {
            var source = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
            if (source == 0 && packet[1] == 206 && packet.Length >= 24)
                source = BinaryPrimitives.ReadUInt32BigEndian(packet[20..]);
            foreach (var leg in demux.Legs)
            {
                if (leg.SendsTo(source))
                    return leg;
            }
        }

        // What nobody claims goes with the first line: every line of a bundle lives when one does.
        return demux.Find(sender) ?? (demux.Legs.IsEmpty ? null : demux.Legs[0]);
    }
}
