using System.Buffers.Binary;
using System.Text;
using Tandem.Core.Net;

namespace Tandem.Server.Hep;

/// <summary>
/// A packet of the Homer Encapsulation Protocol, version 3: the four letters, the length of all, then chunks of vendor, type, length and value.
/// Numbers are in network order; the length of a chunk counts its head.
/// </summary>
public static class HepPacket
{
    /// <summary>The most that the fields around a payload take.</summary>
    public const int MaxOverhead = 512;

    private const int ChunkHead = 6;
    private const byte FamilyV4 = 2;
    private const byte FamilyV6 = 10;

    /// <summary>Writes a packet and returns its length.</summary>
    /// <param name="destination">At least the payload and <see cref="MaxOverhead"/> bytes.</param>
    /// <param name="head">What stands around the payload.</param>
    /// <param name="payload">A SIP message, or a report as JSON.</param>
    public static int Write(Span<byte> destination, in HepHead head, ReadOnlySpan<byte> payload)
    {
        "HEP3"u8.CopyTo(destination);
        var at = 6;
        var isV6 = head.From.IsV6;
        Byte(destination, ref at, 1, isV6 ? FamilyV6 : FamilyV4);
        Byte(destination, ref at, 2, head.IpProtocol);
        Span<byte> address = stackalloc byte[16];
        head.From.WriteV6(address);
        Chunk(destination, ref at, isV6 ? 5 : 3, isV6 ? address : address[12..]);
        head.To.WriteV6(address);
        Chunk(destination, ref at, isV6 ? 6 : 4, isV6 ? address : address[12..]);
        Short(destination, ref at, 7, head.From.Port);
        Short(destination, ref at, 8, head.To.Port);
        var micros = (head.At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        Int(destination, ref at, 9, (uint)(micros / 1_000_000));
        Int(destination, ref at, 10, (uint)(micros % 1_000_000));
        Byte(destination, ref at, 11, (byte)head.Payload);
        Int(destination, ref at, 12, head.CaptureId);
        if (head.Password.Length > 0)
            Text(destination, ref at, 14, head.Password);
        if (head.Correlation.Length > 0)
            Text(destination, ref at, 17, head.Correlation);
        Chunk(destination, ref at, 15, payload);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)at);
        return at;
    }

    private static void Byte(Span<byte> destination, ref int at, int type, byte value) => Chunk(destination, ref at, type, [value]);

    private static void Short(Span<byte> destination, ref int at, int type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        Chunk(destination, ref at, type, bytes);
    }

    private static void Int(Span<byte> destination, ref int at, int type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Chunk(destination, ref at, type, bytes);
    }

    private static void Text(Span<byte> destination, ref int at, int type, string text)
    {
        const int longest = 128;
        Span<byte> bytes = stackalloc byte[longest];
        Encoding.UTF8.TryGetBytes(text.AsSpan(0, Math.Min(text.Length, longest / 3)), bytes, out var length);
        Chunk(destination, ref at, type, bytes[..length]);
    }

    // Vendor 0: the chunks that all know.
    private static void Chunk(Span<byte> destination, ref int at, int type, ReadOnlySpan<byte> value)
    {
        var chunk = destination[at..];
        BinaryPrimitives.WriteUInt16BigEndian(chunk, 0);
        BinaryPrimitives.WriteUInt16BigEndian(chunk[2..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(chunk[4..], (ushort)(value.Length + ChunkHead));
        value.CopyTo(chunk[ChunkHead..]);
        at += ChunkHead + value.Length;
    }
}
