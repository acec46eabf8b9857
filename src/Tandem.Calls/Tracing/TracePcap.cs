using System.Buffers.Binary;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tracing;

/// <summary>
/// The SIP messages of a trace as a capture file (the classic pcap format, bare IP packets, microseconds) with the real addresses and ports.
/// Datagrams are UDP. What went over a connection becomes a TCP stream with a handshake and numbers of our own making; TLS and WebSocket are
/// shown as what was inside them. What went between shards in memory is left out: it was never on a network.
/// </summary>
public static class TracePcap
{
    /// <summary>The media type of such a file.</summary>
    public const string MediaType = "application/vnd.tcpdump.pcap";

    private const uint Magic = 0xA1B2C3D4;
    private const int LinkTypeRaw = 101;
    private const int SnapLength = 262_144;
    private const int LargestSegment = 32_000;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const int Syn = 2;
    private const int Push = 8;
    private const int Ack = 16;

    /// <summary>Writes the file.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="local">Our own address toward a peer, for flows that do not name it.</param>
    public static byte[] Write(CallTrace trace, Func<SipFlow, NetAddress> local)
    {
        using var file = new MemoryStream();
        Span<byte> head = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], 4);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], SnapLength);
        BinaryPrimitives.WriteInt32LittleEndian(head[20..], LinkTypeRaw);
        file.Write(head);
        var streams = new Dictionary<(NetAddress, NetAddress), Stream>();
        foreach (var entry in trace.Entries)
        {
            if (entry.Kind != TraceKind.Sip || entry.Flow.Transport == SipTransportKind.Internal)
                continue;

            var own = Own(entry.Flow, local);
            var (from, to) = entry.Direction == SipDirection.Received ? (entry.Flow.Remote, own) : (own, entry.Flow.Remote);
            if (entry.Flow.Transport == SipTransportKind.Udp)
                WriteUdp(file, entry.At, from, to, entry.Data.Span);
            else
                WriteTcp(file, entry, own, streams);
        }

        return file.ToArray();
    }

    /// <summary>Our own address of a flow, as a packet needs it: named, and of the family of the far one.</summary>
    public static NetAddress Own(in SipFlow flow, Func<SipFlow, NetAddress> local)
    {
        var own = flow.Local.IsUnspecified ? local(flow) : flow.Local;
        if (own.IsV6 == flow.Remote.IsV6)
            return own;

        return flow.Remote.IsV6 ? NetAddress.FromV6(stackalloc byte[16] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, own.Port) : NetAddress.FromV4(0x7F000001, own.Port);
    }

    private static void WriteUdp(MemoryStream file, DateTimeOffset at, NetAddress from, NetAddress to, ReadOnlySpan<byte> data)
    {
        var segment = new byte[8 + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(4), (ushort)segment.Length);
        data.CopyTo(segment.AsSpan(8));
        var sum = Checksum(segment, from, to, Udp);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(6), sum == 0 ? (ushort)0xFFFF : sum);
        WritePacket(file, at, from, to, Udp, segment);
    }

    private static void WriteTcp(MemoryStream file, TraceEntry entry, NetAddress own, Dictionary<(NetAddress, NetAddress), Stream> streams)
    {
        var remote = entry.Flow.Remote;
        var isOurs = entry.Direction == SipDirection.Sent;
        if (!streams.TryGetValue((own, remote), out var stream))
        {
            stream = new Stream();
            streams.Add((own, remote), stream);
            var (client, server) = isOurs ? (own, remote) : (remote, own);
            Segment(file, entry.At, client, server, 0, 0, Syn, default);
            Segment(file, entry.At, server, client, 0, 1, Syn | Ack, default);
            Segment(file, entry.At, client, server, 1, 1, Ack, default);
        }

        var (from, to) = isOurs ? (own, remote) : (remote, own);
        var data = entry.Data.Span;
        while (!data.IsEmpty)
        {
            var part = data[..Math.Min(data.Length, LargestSegment)];
            ref var sent = ref isOurs ? ref stream.Ours : ref stream.Theirs;
            var seen = isOurs ? stream.Theirs : stream.Ours;
            Segment(file, entry.At, from, to, sent, seen, Push | Ack, part);
            sent += (uint)part.Length;
            data = data[part.Length..];
        }
    }

    private static void Segment(
        MemoryStream file, DateTimeOffset at, NetAddress from, NetAddress to, uint sequence, uint acknowledged, int flags, ReadOnlySpan<byte> data)
    {
        var segment = new byte[20 + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), (flags & Ack) != 0 ? acknowledged : 0);
        segment[12] = 5 << 4;
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), ushort.MaxValue);
        data.CopyTo(segment.AsSpan(20));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checksum(segment, from, to, Tcp));
        WritePacket(file, at, from, to, Tcp, segment);
    }

    private static void WritePacket(MemoryStream file, DateTimeOffset at, NetAddress from, NetAddress to, byte protocol, ReadOnlySpan<byte> payload)
    {
        // RFC 791 §3.1, RFC 8200 §3: the length field has 16 bits; of a longer datagram the head is shown.
        var headBytes = from.IsV6 ? 40 : 20;
        payload = payload[..Math.Min(payload.Length, ushort.MaxValue - headBytes)];
        var micros = (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        Span<byte> head = stackalloc byte[16 + 40];
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)(micros / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)(micros % 1_000_000));
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], headBytes + payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], headBytes + payload.Length);
        var ip = head[16..];
        if (from.IsV6)
        {
            ip[0] = 6 << 4;
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)payload.Length);
            ip[6] = protocol;
            ip[7] = 64;
            from.WriteV6(ip[8..]);
            to.WriteV6(ip[24..]);
        }
        else
        {
            ip[0] = (4 << 4) | 5;
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(headBytes + payload.Length));
            ip[8] = 64;
            ip[9] = protocol;
            BinaryPrimitives.WriteUInt32BigEndian(ip[12..], from.V4);
            BinaryPrimitives.WriteUInt32BigEndian(ip[16..], to.V4);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Fold(Sum(ip[..20])));
        }

        file.Write(head[..(16 + headBytes)]);
        file.Write(payload);
    }

    // RFC 768, RFC 9293 §3.1, RFC 8200 §8.1: with the pseudo header of both addresses, the protocol and the length.
    private static ushort Checksum(ReadOnlySpan<byte> segment, NetAddress from, NetAddress to, byte protocol)
    {
        Span<byte> pseudo = stackalloc byte[40];
        pseudo.Clear();
        if (from.IsV6)
        {
            from.WriteV6(pseudo);
            to.WriteV6(pseudo[16..]);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(pseudo, from.V4);
            BinaryPrimitives.WriteUInt32BigEndian(pseudo[4..], to.V4);
        }

        BinaryPrimitives.WriteInt32BigEndian(pseudo[32..], segment.Length);
        pseudo[39] = protocol;
        return Fold(Sum(pseudo) + Sum(segment));
    }

    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        for (; bytes.Length > 1; bytes = bytes[2..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return bytes.IsEmpty ? sum : sum + ((ulong)bytes[0] << 8);
    }

    private static ushort Fold(ulong sum)
    {
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    // The next sequence numbers of both ends: each handshake took one.
    private sealed class Stream
    {
        public uint Ours = 1;
        public uint Theirs = 1;
    }
}
