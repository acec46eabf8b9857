using System.Buffers.Binary;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tracing;

/// <summary>The form of an entry in the blocks of a trace: a head of fixed length, then the data.</summary>
internal static class TraceRecord
{
    // kind, direction, transport, families, shard, ticks, local, remote, ports, connection, length
    public const int HeadBytes = 1 + 1 + 1 + 1 + 2 + 8 + 16 + 16 + 2 + 2 + 8 + 4;

    public static void WriteHead(Span<byte> head, TraceKind kind, DateTimeOffset at, int shard, SipDirection direction, in SipFlow flow, int length)
    {
        head[0] = (byte)kind;
        head[1] = (byte)direction;
        head[2] = (byte)flow.Transport;
        head[3] = (byte)((flow.Local.IsV6 ? 1 : 0) | (flow.Remote.IsV6 ? 2 : 0));
        BinaryPrimitives.WriteInt16LittleEndian(head[4..], (short)shard);
        BinaryPrimitives.WriteInt64LittleEndian(head[6..], at.UtcTicks);
        flow.Local.WriteV6(head[14..]);
        flow.Remote.WriteV6(head[30..]);
        BinaryPrimitives.WriteUInt16LittleEndian(head[46..], flow.Local.Port);
        BinaryPrimitives.WriteUInt16LittleEndian(head[48..], flow.Remote.Port);
        BinaryPrimitives.WriteInt64LittleEndian(head[50..], flow.Connection);
        BinaryPrimitives.WriteInt32LittleEndian(head[58..], length);
    }

    /// <summary>All entries in these bytes, in their order.</summary>
    public static List<TraceEntry> ReadAll(byte[] bytes, int length)
    {
        var entries = new List<TraceEntry>();
        for (var at = 0; at + HeadBytes <= length;)
        {
            var head = bytes.AsSpan(at, HeadBytes);
            var size = BinaryPrimitives.ReadInt32LittleEndian(head[58..]);
            var flow = new SipFlow(
                (SipTransportKind)head[2], Address(head[14..30], (head[3] & 1) != 0, BinaryPrimitives.ReadUInt16LittleEndian(head[46..])),
                Address(head[30..46], (head[3] & 2) != 0, BinaryPrimitives.ReadUInt16LittleEndian(head[48..])),
                BinaryPrimitives.ReadInt64LittleEndian(head[50..]));
            entries.Add(new TraceEntry(
                (TraceKind)head[0], new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(head[6..]), TimeSpan.Zero),
                BinaryPrimitives.ReadInt16LittleEndian(head[4..]), (SipDirection)head[1], flow, bytes.AsMemory(at + HeadBytes, size)));
            at += HeadBytes + size;
        }

        return entries;
    }

    private static NetAddress Address(ReadOnlySpan<byte> bytes, bool isV6, ushort port)
    {
        var address = NetAddress.FromV6(bytes, port);

        // ::ffff:0.0.0.0 is what an unspecified IPv4 address was written as; an unspecified IPv6 one is all zeros.
        return isV6 || !address.IsV6 ? address : NetAddress.FromV4(0, port);
    }
}
