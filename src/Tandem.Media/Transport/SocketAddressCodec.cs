using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tandem.Core.Net;

namespace Tandem.Media.Transport;

/// <summary>sockaddr_in and sockaddr_in6 of Linux.</summary>
internal static class SocketAddressCodec
{
    /// <summary>Writes <paramref name="address"/>; returns the length of the structure.</summary>
    public static uint Write(in NetAddress address, Span<byte> buffer)
    {
        if (address.IsV6)
        {
            // Flow label and scope stay 0: link-local addresses do not occur in SDP that crosses an exchange.
            buffer[..28].Clear();
            MemoryMarshal.Write(buffer, (ushort)LibC.AddressFamilyV6);
            BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], address.Port);
            address.WriteV6(buffer.Slice(8, 16));
            return 28;
        }

        MemoryMarshal.Write(buffer, (ushort)LibC.AddressFamilyV4);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], address.Port);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], address.V4);
        buffer.Slice(8, 8).Clear();
        return 16;
    }

    /// <summary>Writes port and address into a structure whose first two bytes are right already, on whatever system.</summary>
    public static void WriteKeepingFamily(in NetAddress address, Span<byte> buffer)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], address.Port);
        if (address.IsV6)
            address.WriteV6(buffer.Slice(8, 16));
        else
            BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], address.V4);
    }

    /// <summary>Reads what recvfrom filled in.</summary>
    public static NetAddress Read(ReadOnlySpan<byte> buffer)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        return MemoryMarshal.Read<ushort>(buffer) == LibC.AddressFamilyV6
            ? NetAddress.FromV6(buffer.Slice(8, 16), port)
            : NetAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]), port);
    }
}
