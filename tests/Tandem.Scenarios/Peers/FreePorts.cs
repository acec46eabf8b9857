using System.Net;
using System.Net.Sockets;

namespace Tandem.Scenarios.Peers;

/// <summary>Ports on loopback that nobody uses now, each handed out once in a run.</summary>
public static class FreePorts
{
    private static int _next = 28_000;
    private static int _rangeNext = 32_000;

    /// <summary>A port that is free for UDP and TCP.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _next);
            if (port > 31_000)
                throw new InvalidOperationException("no free port between 28001 and 31000");
            if (IsFree(port))
                return port;
        }
    }

    /// <summary>
    /// The first of <paramref name="count"/> ports in a row that are free for UDP, even. Scenarios run one after the other, so the ranges start over at the end;
    /// what others on this machine have is left out.
    /// </summary>
    public static int Range(int count)
    {
        for (var tries = 0; tries < 1_000; tries++)
        {
            if (_rangeNext + count > 60_000)
                _rangeNext = 32_000;
            var first = _rangeNext;
            _rangeNext += count + (count & 1);
            if (Enumerable.Range(first, count).All(IsFreeForUdp))
                return first;
        }

        throw new InvalidOperationException($"no {count} free ports in a row between 32000 and 60000");
    }

    private static bool IsFreeForUdp(int port)
    {
        try
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
