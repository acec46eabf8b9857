using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Tandem.Media.Tests;

/// <summary>A phone's media on loopback: one RTP and one RTCP socket, and the SDP that names them.</summary>
internal sealed class Phone : IDisposable
{
    // Each pair is used once, so that nothing that is under way to a phone of another test is heard by one of this; from 28000 on are the exchanges.
    private const int LastPort = 27_998;

    private static int _nextPort = 22_000;

    public Phone(IPAddress? address = null)
    {
        Address = address ?? IPAddress.Loopback;
        (Rtp, Rtcp) = BindPair(Address);
    }

    public IPAddress Address { get; }

    public Socket Rtp { get; private set; }

    public Socket Rtcp { get; private set; }

    public int Port => ((IPEndPoint)Rtp.LocalEndPoint!).Port;

    /// <summary>Moves to other ports, as after a restart.</summary>
    public void Rebind()
    {
        Dispose();
        (Rtp, Rtcp) = BindPair(Address);
    }

    public byte[] Sdp(string attributes = "", int? port = null, string transport = "RTP/AVP") => Encoding.ASCII.GetBytes(
        $"v=0\r\no=phone 1 1 IN {Family} {Address}\r\ns=-\r\nc=IN {Family} {Address}\r\nt=0 0\r\nm=audio {port ?? Port} {transport} 0 101\r\n"
        + $"a=rtpmap:101 telephone-event/8000\r\n{attributes}");

    public static byte[] Packet(ushort sequence, uint ssrc = 0x1234, int payload = 160, byte type = 0)
    {
        var packet = new byte[12 + payload];
        packet[0] = 0x80;
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), sequence * 160u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        return packet;
    }

    /// <summary>An empty receiver report.</summary>
    public static byte[] Report() => [0x80, 201, 0, 1, 0, 0, 0, 1];

    public void Send(byte[] packet, int port) => Rtp.SendTo(packet, new IPEndPoint(Address, port));

    public void SendRtcp(byte[] packet, int port) => Rtcp.SendTo(packet, new IPEndPoint(Address, port));

    /// <summary>The next packet, or null when none comes in time: by itself in a minute, as a machine may be busy.</summary>
    public static byte[]? Receive(Socket socket, int timeoutMilliseconds = 60_000) => Receive(socket, timeoutMilliseconds, out _);

    public static byte[]? Receive(Socket socket, int timeoutMilliseconds, out int fromPort)
    {
        fromPort = 0;
        if (!socket.Poll(timeoutMilliseconds * 1000, SelectMode.SelectRead))
            return null;

        var buffer = new byte[4096];
        EndPoint from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        var length = socket.ReceiveFrom(buffer, ref from);
        fromPort = ((IPEndPoint)from).Port;
        return buffer[..length];
    }

    /// <summary>The port of the m= line of index <paramref name="line"/>.</summary>
    public static int PortOf(ReadOnlyMemory<byte> sdp, int line = 0) =>
        int.Parse(Regex.Matches(Encoding.ASCII.GetString(sdp.Span), @"^m=\w+ (\d+)", RegexOptions.Multiline)[line].Groups[1].Value);

    public void Dispose()
    {
        Rtp.Dispose();
        Rtcp.Dispose();
    }

    private string Family => Address.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4";

    private static (Socket Rtp, Socket Rtcp) BindPair(IPAddress address)
    {
        while (true)
        {
            var port = Interlocked.Add(ref _nextPort, 2);
            if (port > LastPort)
                throw new InvalidOperationException("the port range of these tests is used up");

            var rtp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            var rtcp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                rtp.Bind(new IPEndPoint(address, port));
                rtcp.Bind(new IPEndPoint(address, port + 1));
                return (rtp, rtcp);
            }
            catch (SocketException)
            {
                rtp.Dispose();
                rtcp.Dispose();
            }
        }
    }
}
