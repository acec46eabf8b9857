using System.Net;
using System.Net.Sockets;

namespace Tandem.Scenarios.Peers;

/// <summary>Ports on loopback that nobody uses now. Scenarios that run beside each other take them here, and get no two alike.</summary>
public static class FreePorts
{
    // More than a run of all scenarios takes: a port comes again only in another run, and not while a server that was killed is away from it.
    private const int SingleFirst = 28_001;
    private const int SingleLast = 32_700;

    // Below what the system gives out by itself (32768 and up): what an unbound socket of anybody gets is never in between.
    private const int RangeFirst = 10_000;
    private const int RangeEnd = 28_000;

    private static readonly Lock Gate = new();

    // First port and count of what is taken.
    private static readonly Dictionary<int, int> Taken = [];

    // Two runs on one machine begin at different places.
    private static int _next = SingleFirst + (Environment.ProcessId * 61 % (SingleLast - SingleFirst));
    private static int _rangeNext = RangeFirst + (Environment.ProcessId % 4 * 4_000);

    /// <summary>A port that is free for UDP and TCP. The one that was handed out longest ago comes first again.</summary>
    public static int Next() => Take(1);

    /// <summary>The first of two ports in a row that are free: for who takes the second one unasked.</summary>
    public static int Pair() => Take(2);

    /// <summary>
    /// The first of <paramref name="count"/> ports in a row that are free for UDP, even: the caller's own until <see cref="Return"/>. The ranges start over at the end;
    /// what others on this machine have is left out.
    /// </summary>
    public static int Range(int count)
    {
        lock (Gate)
        {
            // Where it was left off first, then all from the beginning.
            var first = Search(_rangeNext, count) ?? Search(RangeFirst, count) ?? throw new InvalidOperationException($"no {count} free ports in a row between {RangeFirst} and {RangeEnd}");
            Taken[first] = count;
            _rangeNext = Even(first + count);
            return first;
        }
    }

    /// <summary>Gives a range back.</summary>
    public static void Return(int first)
    {
        lock (Gate)
            Taken.Remove(first);
    }

    private static int Take(int count)
    {
        lock (Gate)
        {
            for (var tries = SingleFirst; tries <= SingleLast; tries++)
            {
                var port = _next;
                if (port + count - 1 <= SingleLast && Enumerable.Range(port, count).All(IsFree))
                {
                    _next = Behind(port + count - 1);
                    return port;
                }

                _next = Behind(port);
            }
        }

        throw new InvalidOperationException($"no {count} free ports in a row between {SingleFirst} and {SingleLast}");
    }

    private static int Behind(int port) => port == SingleLast ? SingleFirst : port + 1;

    private static int? Search(int first, int count)
    {
        while (first + count <= RangeEnd)
        {
            if (Obstacle(first, count) is not { } behind)
                return first;
            first = Even(behind);
        }

        return null;
    }

    // The port behind whatever is in the way of a range; null when nothing is.
    private static int? Obstacle(int first, int count)
    {
        foreach (var (taken, length) in Taken)
        {
            if (first < taken + length && taken < first + count)
                return taken + length;
        }

        for (var port = first; port < first + count; port++)
        {
            if (!IsFreeForUdp(port))
                return port + 1;
        }

        return null;
    }

    private static int Even(int port) => port + (port & 1);

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
