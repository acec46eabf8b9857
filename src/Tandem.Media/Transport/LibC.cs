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

    /// <summary>
    /// Asks the scheduler to run the calling thread soon after it is woken: by a short slice (Linux 6.12 and later; earlier ones ignore it), which
    /// nobody refuses, and by a nice value, which takes CAP_SYS_NICE or RLIMIT_NICE and is left alone without.
    /// </summary>
    /// <param name="slice">0.1 to 100 ms; what is shorter is lengthened.</param>
    /// <param name="nice">-20 to 19; 0 changes nothing.</param>
    public static void Hasten(TimeSpan slice, int nice)
    {
        var (get, set) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => (315, 314),
            Architecture.Arm64 => (275, 274),
            _ => (0, 0),
        };
        SchedulerAttributes attributes;
        if (get == 0 || SystemCall(get, 0, &attributes, (nint)sizeof(SchedulerAttributes), 0) != 0)
            return;

        attributes.Size = (uint)sizeof(SchedulerAttributes);
        attributes.Runtime = (ulong)Math.Max(slice.Ticks, TimeSpan.TicksPerMillisecond / 10) * 100;
        var own = attributes.Nice;
        if (nice != 0)
            attributes.Nice = nice;
        if (SystemCall(set, 0, &attributes, 0, 0) == 0)
            return;

        attributes.Nice = own;
        _ = SystemCall(set, 0, &attributes, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint thread, SchedulerAttributes* attributes, nint third, nint fourth);

    /// <summary>struct sched_attr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SchedulerAttributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }

    /// <summary>struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
