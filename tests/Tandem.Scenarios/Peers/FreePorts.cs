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

    /// <summary>The first of <paramref name="count"/> ports in a row, even.</summary>
    public static int Range(int count)
    {
        var first = Interlocked.Add(ref _rangeNext, count + 2) - count - 2;
        return first + (first & 1);
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
