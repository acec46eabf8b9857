using System.Runtime.InteropServices;

namespace Tandem.Media.Transport;

/// <summary>The system calls of the packet path, with the constants of Linux (the same on x64 and arm64).</summary>
internal static unsafe partial class LibC
{
    public const int AddressFamilyV4 = 2;
    public const int AddressFamilyV6 = 10;
    public const int SocketDatagram = 2;
    public const int SocketNonBlocking = 0x800;
    public const int SocketCloseOnExec = 0x80000;
    public const int LevelSocket = 1;
    public const int LevelIp = 0;
    public const int LevelIpV6 = 41;
    public const int OptionReceiveBuffer = 8;
    public const int OptionTypeOfService = 1;
    public const int OptionTrafficClass = 67;
    public const int OptionV6Only = 26;
    public const int MessageTruncated = 0x20;
    public const int MessageDontWait = 0x40;
    public const int MessageNoSignal = 0x4000;
    public const int EpollAdd = 1;
    public const int EpollRemove = 2;
    public const uint EpollIn = 1;
    public const int EventNonBlocking = 0x800;
    public const int EventCloseOnExec = 0x80000;

    public const int ErrorInterrupted = 4;
    public const int ErrorAgain = 11;

    /// <summary>Bytes of the longest socket address that we use (sockaddr_in6).</summary>
    public const int SocketAddressLength = 28;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int descriptor, int level, int option, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    public static partial nint ReceiveFrom(int descriptor, byte* buffer, nuint length, int flags, byte* address, uint* addressLength);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int descriptor, byte* buffer, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* @event);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "nanosleep", SetLastError = true)]
    public static partial int NanoSleep(TimeSpec* duration, TimeSpec* rest);

    /// <summary>struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
