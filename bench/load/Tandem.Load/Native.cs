using System.Runtime.InteropServices;

namespace Tandem.Load;

/// <summary>Batch socket calls of Linux, so that the generator is not what is measured.</summary>
internal static unsafe partial class Native
{
    public const int DontWait = 0x40;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sendmmsg(int socket, MessageVector* messages, uint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int recvmmsg(int socket, MessageVector* messages, uint count, int flags, nint timeout);

    public const short PollIn = 1;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(PollEntry* entries, nuint count, int milliseconds);

    /// <summary>When the kernel got a datagram (SO_TIMESTAMPNS), as ticks of <see cref="DateTime"/>.</summary>
    public static long Arrival(in Message message)
    {
        // struct cmsghdr: length, level, type; behind it a struct timespec.
        const int Header = 16;
        if (message.ControlLength < Header + 16)
            throw new InvalidDataException("a datagram has no time of arrival");

        var time = (long*)((byte*)message.Control + Header);
        return DateTime.UnixEpoch.Ticks + (time[0] * TimeSpan.TicksPerSecond) + (time[1] / 100);
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MessageVector
    {
        public Message Header;
        public uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct SocketAddressV4
    {
        public ushort Family;
        public ushort PortBigEndian;
        public uint AddressBigEndian;
        public ulong Zero;
    }
}
