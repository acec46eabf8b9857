using System.Runtime.InteropServices;

namespace Tandem.Media.Tests;

/// <summary>What malloc has given out and not got back, in all arenas: the collector's memory does not disturb it.</summary>
internal static partial class NativeMemoryMeter
{
    public static long InUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var info = MallInfo();
        return (long)(info.MappedBytes + info.Allocated);
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallocInfo MallInfo();

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallocInfo
    {
        public readonly nuint Arena, OrdinaryChunks, FastChunks, MappedChunks, MappedBytes, Unused, FastBytes, Allocated, Free, Releasable;
    }
}
