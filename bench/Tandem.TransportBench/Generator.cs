using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.TransportBench;

/// <summary>Sends OPTIONS requests from some sockets, evenly in time or as fast as answers come, and takes the answers.</summary>
internal sealed class Generator : IDisposable
{
    private const int CallIds = 256;
    private const int Window = 32;

    private readonly Socket[] _sockets;
    private readonly byte[][] _requests;
    private readonly byte[] _answer = new byte[2_048];
    private int _next;

    public Generator(int sources, int port)
    {
        _sockets = new Socket[sources];
        for (var i = 0; i < sources; i++)
        {
            _sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
            _sockets[i].Connect(IPAddress.Loopback, port);
        }

        _requests = [.. Enumerable.Range(0, CallIds).Select(Request)];
    }

    public long Sent { get; private set; }

    public long Answered { get; private set; }

    /// <summary>Requests without an answer in the last closed-loop run.</summary>
    public long Lost { get; private set; }

    /// <summary>Sends <paramref name="perSecond"/> requests a second; 0 keeps a window of requests open.</summary>
    public void Run(int perSecond, TimeSpan duration)
    {
        Sent = Answered = Lost = 0;
        var begin = Stopwatch.GetTimestamp();
        var answeredAt = TimeSpan.Zero;
        while (Stopwatch.GetElapsedTime(begin) is var elapsed && elapsed < duration)
        {
            var due = perSecond == 0 ? Answered + Window : (long)(elapsed.TotalSeconds * perSecond);
            if (Sent < due)
                Send();
            else if (TakeAnswers())
                answeredAt = elapsed;
            else
                Thread.Yield();

            // A lost datagram must not stop the window for good.
            if (perSecond == 0 && Sent - Answered >= Window && elapsed - answeredAt > TimeSpan.FromMilliseconds(100))
            {
                Lost += Sent - Answered;
                Sent = Answered;
            }
        }

        using var settle = new ManualResetEventSlim();
        settle.Wait(50);
        TakeAnswers();
    }

    public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());

    private void Send()
    {
        _sockets[_next % _sockets.Length].Send(_requests[_next % CallIds]);
        _next++;
        Sent++;
        if (_next % 8 == 0)
            TakeAnswers();
    }

    private bool TakeAnswers()
    {
        var any = false;
        foreach (var socket in _sockets)
        {
            while (socket.Available > 0)
            {
                socket.Receive(_answer);
                Answered++;
                any = true;
            }
        }

        return any;
    }

    private static byte[] Request(int number) => Encoding.ASCII.GetBytes(
        $"OPTIONS sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK-{number:x8};rport\r\nMax-Forwards: 70\r\n"
        + $"From: \"Bench\" <sip:bench@127.0.0.1>;tag={number:x8}\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: {number * 7_919:x8}@127.0.0.1\r\n"
        + "CSeq: 1 OPTIONS\r\nContact: <sip:bench@127.0.0.1:5062>\r\nUser-Agent: Tandem transport bench\r\nAccept: application/sdp\r\n"
        + "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE\r\nSupported: timer, 100rel\r\nContent-Length: 0\r\n\r\n");
}
