using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tandem.Calls.Calls;
using Tandem.Calls.Media;
using Tandem.Calls.Ports;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Testing;

namespace Tandem.Calls.Tests.Media;

/// <summary>A real engine on 64 ports of loopback, and the adapter over it.</summary>
public abstract class EngineMediaFixture : IDisposable
{
    // How long a packet may take, in microseconds: bounds what is broken, not what is slow.
    private protected const int Patience = 60_000_000;

    private protected static readonly CallId Call = new("01JD0000000000000000000000");

    // The tests of a class run one after the other, and each engine gives its ports back.
    protected EngineMediaFixture(int firstPort)
    {
        Engine = new MediaEngine(new MediaOptions { RtpPort = firstPort, RtpPortMax = firstPort + 63, Shards = 1, UrgentPorts = 0 }, Clock, new Random(1));
        Service = new EngineMediaService(Engine, Clock);
    }

    private protected static MediaPeer Peer { get; } = new(NetAddress.FromV4(0x7F000001, 5060));

    private protected Clock Clock { get; } = new(TimeProvider.System);

    private protected MediaEngine Engine { get; }

    private protected EngineMediaService Service { get; }

    public void Dispose()
    {
        Engine.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static byte[] Sdp(int port, string attributes = "") => Encoding.ASCII.GetBytes(
        $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n{attributes}");

    private protected static int PortOf(MediaResult result) => int.Parse(Regex.Match(Encoding.ASCII.GetString(result.Sdp.Span), @"m=audio (\d+)").Groups[1].Value);

    private protected static void WaitUntil(Func<bool> condition) => Assert.True(Wait.Until(condition));

    /// <summary>A phone's socket.</summary>
    private protected static Socket Phone(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }
}
