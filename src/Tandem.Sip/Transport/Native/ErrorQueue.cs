using System.Runtime.InteropServices;
using Tandem.Core.Net;

namespace Tandem.Sip.Transport.Native;

/// <summary>
/// The error queue of a UDP socket (IP_RECVERR): what ICMP said of datagrams that were sent, with the address they went to and the
/// beginning of each. It has to be emptied, or poll reports it for ever.
/// </summary>
internal static unsafe class ErrorQueue
{
    /// <summary>Bytes of a returned datagram that are read; ICMP brings about 500 (RFC 1812 §4.3.2.3), IPv6 up to 1,200.</summary>
    public const int DataBytes = 1_024;

    private const int ControlBytes = 256;
    private const int LevelV4 = 0;
    private const int LevelV6 = 41;
    private const int ReceiveErrorV4 = 11;
    private const int ReceiveErrorV6 = 25;
    private const byte OriginIcmp = 2;
    private const byte OriginIcmp6 = 3;
    private const int ControlHeaderBytes = 16;

    /// <summary>Asks the system to keep the errors of a socket.</summary>
    public static void Enable(System.Net.Sockets.Socket socket, bool isV6) =>
        socket.SetRawSocketOption(isV6 ? LevelV6 : LevelV4, isV6 ? ReceiveErrorV6 : ReceiveErrorV4, [1, 0, 0, 0]);

    /// <summary>Takes the oldest error; false when there is none.</summary>
    /// <param name="socket">The descriptor.</param>
    /// <param name="data">Gets the beginning of the datagram, at most <see cref="DataBytes"/>.</param>
    /// <param name="length">How much of it came.</param>
    /// <param name="destination">Where it was sent to.</param>
    /// <param name="isUnreachable">True when it says that the datagram found nobody there (RFC 3261 §18.4).</param>
    public static bool TryTake(int socket, Span<byte> data, out int length, out NetAddress destination, out bool isUnreachable)
    {
        length = 0;
        destination = default;
        isUnreachable = false;
        var name = stackalloc byte[SocketAddressBytes.MaxLength];
        var control = stackalloc byte[ControlBytes];
        fixed (byte* bytes = data)
        {
            var vector = new Libc.IoVector { Base = bytes, Length = (nuint)data.Length };
            var header = new Libc.MessageHeader
            {
                Name = name,
                NameLength = SocketAddressBytes.MaxLength,
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = ControlBytes,
            };
            var received = Libc.ReceiveMessage(socket, &header, Libc.MsgErrorQueue | Libc.MsgDontWait);
            if (received < 0)
                return false;

            length = (int)Math.Min(received, data.Length);
            isUnreachable = SocketAddressBytes.TryRead(new ReadOnlySpan<byte>(name, SocketAddressBytes.MaxLength), out destination)
                && SaysUnreachable(new ReadOnlySpan<byte>(control, (int)header.ControlLength));
            return true;
        }
    }

    // struct cmsghdr { size_t length; int level; int type; }, then struct sock_extended_err { u32 errno; u8 origin; u8 type; u8 code; ... }.
    private static bool SaysUnreachable(ReadOnlySpan<byte> control)
    {
        while (control.Length >= ControlHeaderBytes + 8)
        {
            var length = (int)Math.Min((ulong)control.Length, MemoryMarshal.Read<ulong>(control));
            var level = MemoryMarshal.Read<int>(control[8..]);
            var type = MemoryMarshal.Read<int>(control[12..]);
            if ((level == LevelV4 && type == ReceiveErrorV4) || (level == LevelV6 && type == ReceiveErrorV6))
            {
                var error = control[ControlHeaderBytes..];
                return SaysUnreachable(error[4], error[5], error[6]);
            }

            if (length < ControlHeaderBytes)
                return false;

            control = control[Math.Min(control.Length, (length + 7) & ~7)..];
        }

        return false;
    }

    // RFC 3261 §18.4: unreachable hosts, networks, ports, protocols and parameter problems count; source quench and time exceeded do
    // not. "Too big" (3/4, in IPv6 type 2) is the affair of path MTU discovery.
    private static bool SaysUnreachable(byte origin, byte type, byte code) => origin switch
    {
        OriginIcmp => (type == 3 && code != 4) || type == 12,
        OriginIcmp6 => type is 1 or 4,
        _ => false,
    };
}
