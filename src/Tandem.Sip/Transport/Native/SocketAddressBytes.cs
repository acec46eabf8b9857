using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tandem.Core.Net;

namespace Tandem.Sip.Transport.Native;

/// <summary>struct sockaddr_in and sockaddr_in6 as Linux lays them out.</summary>
internal static class SocketAddressBytes
{
    /// <summary>Bytes of the longer one.</summary>
    public const int MaxLength = 28;

    /// <summary>Writes an address; returns its length.</summary>
    public static int Write(in NetAddress address, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], address.Port);
        if (!address.IsV6)
        {
            MemoryMarshal.Write(destination, Libc.FamilyV4);
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], address.V4);
            destination[8..16].Clear();
            return 16;
        }

        MemoryMarshal.Write(destination, Libc.FamilyV6);
        destination[4..MaxLength].Clear();
        address.WriteV6(destination[8..24]);
        return MaxLength;
    }

    /// <summary>Reads an address; false for a family that is not IP.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out NetAddress address)
    {
        var family = MemoryMarshal.Read<ushort>(source);
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        address = family switch
        {
            Libc.FamilyV4 => NetAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(source[4..]), port),
            Libc.FamilyV6 => NetAddress.FromV6(source[8..24], port),
            _ => default,
        };
        return family is Libc.FamilyV4 or Libc.FamilyV6;
    }
}
