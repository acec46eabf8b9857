using System.Net;
using System.Net.Sockets;

namespace Tandem.Testing.Network;

/// <summary>
/// Ports of this machine that nobody uses, for engines that want a range of their own. Each is given out once in a process, and to one process
/// at a time: what is taken is locked in a file of the temporary directory until the process ends. Thread-safe.
/// </summary>
public static class UdpPorts
{
    private const int First = 10_000;

    // From 22000 on are the phones of the media tests, from 28000 on the exchanges and scenarios, from 32768 on what the kernel gives out.
    private const int Last = 21_999;

    private static readonly Lock Gate = new();
    private static FileStream? _taken;
    private static int _next = First;

    /// <summary>The first of <paramref name="count"/> free ports in a row, even.</summary>
    /// <exception cref="InvalidOperationException">Other processes and this one have taken all.</exception>
    public static int Range(int count)
    {
        count += count & 1;
        lock (Gate)
        {
            _taken ??= new FileStream(
                Path.Combine(Path.GetTempPath(), $"tandem-test-ports-{Environment.UserName}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            while (_next + count - 1 <= Last)
            {
                var first = _next;
                if (!TryLock(first, count))
                {
                    // Another process has some of them: past the first, until none is.
                    _next += 2;
                    continue;
                }

                var busy = Enumerable.Range(first, count).Reverse().FirstOrDefault(port => !IsFree(port));
                if (busy == 0)
                {
                    _next += count;
                    return first;
                }

                _taken.Unlock(first, count);
                _next = (busy & ~1) + 2;
            }
        }

        throw new InvalidOperationException($"no {count} free UDP ports in a row between {First} and {Last}");
    }

    private static bool TryLock(int first, int count)
    {
        try
        {
#pragma warning disable CA1416 // Locks of a part of a file are there wherever the tests run.
            _taken!.Lock(first, count);
#pragma warning restore CA1416
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Any address of either family, as the engines bind.
    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
