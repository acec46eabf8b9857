using System.Runtime.InteropServices;

namespace Tandem.Sip.Transactions;

/// <summary>A hash of bytes that comes from the network, keyed per process (Marvin), so that nobody outside can make collisions.</summary>
internal static class KeyHash
{
    public static int Of(ReadOnlySpan<byte> key)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(key));
        return (key.Length & 1) == 0 ? hash : (hash * 31) + key[^1];
    }
}
