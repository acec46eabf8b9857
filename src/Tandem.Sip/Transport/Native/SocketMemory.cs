namespace Tandem.Sip.Transport.Native;

/// <summary>How full the receive buffer of a socket is (SO_MEMINFO).</summary>
internal static unsafe class SocketMemory
{
    private const int SoMemoryInfo = 55;

    // SK_MEMINFO_RMEM_ALLOC and SK_MEMINFO_RCVBUF, of nine.
    private const int Values = 9;

    /// <summary>Bytes that wait, as the system counts them, and bytes that may; false when the system does not tell.</summary>
    public static bool TryRead(int socket, out int used, out int size)
    {
        var values = stackalloc uint[Values];
        var length = (uint)(Values * sizeof(uint));
        used = 0;
        size = 0;
        if (Libc.GetSocketOption(socket, Libc.SolSocket, SoMemoryInfo, values, &length) != 0 || length < 2 * sizeof(uint))
            return false;

        used = (int)Math.Min(values[0], int.MaxValue);
        size = (int)Math.Min(values[1], int.MaxValue);
        return true;
    }
}
