using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Scenarios.Peers;

/// <summary>
/// Somebody who knows the media ports of the server and sends to all of them what belongs to no call: RTP with ever new SSRCs, an RTCP BYE, STUN
/// without integrity, the beginning of a DTLS handshake, SRTP with a tag that is none. What comes back to him is counted.
/// </summary>
public sealed class MediaStranger : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Random _random = new(1);
    private readonly byte[] _buffer = new byte[2_048];
    private readonly TandemServer _server;
    private uint _ssrc;
    private int _received;

    /// <param name="host">The loopback address that he sends from.</param>
    /// <param name="server">Whom he sends to.</param>
    public MediaStranger(string host, TandemServer server)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Parse(host), 0));
        _server = server;
    }

    /// <summary>Datagrams that he sent.</summary>
    public long Sent { get; private set; }

    /// <summary>SSRCs that he made up.</summary>
    public long Ssrcs => _ssrc;

    /// <summary>Datagrams that came to him.</summary>
    public int Received
    {
        get
        {
            while (_socket.Available > 0)
            {
                _socket.Receive(_buffer);
                _received++;
            }

            return _received;
        }
    }

    /// <summary>Sends everything that he has to each media port that is open, again and again, until <paramref name="enough"/>.</summary>
    public async Task SprayAsync(Func<Task<bool>> enough)
    {
        do
        {
            foreach (var port in OpenPorts())
            {
                for (var i = 0; i < 20; i++)
                    Send(Rtp(), port);
                Send(Bye(), port);
                Send(Binding(), port);
                Send(ClientHello(), port);
            }

            // Not so much that the buffers of the ports run over, and with them what the phones send: that is not what is tried here.
            await Task.Delay(10);
        }
        while (!await enough());
    }

    public void Dispose() => _socket.Dispose();

    // The kernel's table, where a thorough attacker would probe: of the ports in the range those that are this server's, and nobody else's.
    private IEnumerable<int> OpenPorts()
    {
        var own = new HashSet<string>();
        foreach (var descriptor in new DirectoryInfo($"/proc/{_server.Process.Process.Id}/fd").EnumerateFileSystemInfos())
        {
            if (descriptor.LinkTarget is { } target && target.StartsWith("socket:[", StringComparison.Ordinal))
                own.Add(target[8..^1]);
        }

        foreach (var line in File.ReadLines("/proc/net/udp").Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var port = int.Parse(columns[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (port >= _server.RtpPorts.First && port <= _server.RtpPorts.Last && own.Contains(columns[9]))
                yield return port;
        }
    }

    private void Send(byte[] packet, int port)
    {
        _socket.SendTo(packet, new IPEndPoint(IPAddress.Loopback, port));
        Sent++;
    }

    // RFC 3550 §5.1, PCMU; to who expects SRTP it is one with a tag of ten random bytes.
    private byte[] Rtp()
    {
        var packet = new byte[182];
        _random.NextBytes(packet);
        packet[0] = 0x80;
        packet[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ++_ssrc);
        return packet;
    }

    // RFC 3550 §6.4.2, §6.6: an empty report and a BYE.
    private byte[] Bye()
    {
        byte[] packet = [0x80, 201, 0, 1, 0, 0, 0, 0, 0x81, 203, 0, 1, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), _ssrc);
        return packet;
    }

    // RFC 8489 §5: a binding request without any attribute.
    private byte[] Binding()
    {
        var packet = new byte[20];
        _random.NextBytes(packet);
        byte[] head = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42];
        head.CopyTo(packet, 0);
        return packet;
    }

    // RFC 6347 §4.1, §4.2.2: the record and the message of a ClientHello; one cipher suite, no extensions.
    private byte[] ClientHello()
    {
        var hello = new byte[2 + 32 + 1 + 1 + 2 + 2 + 2];
        _random.NextBytes(hello.AsSpan(2, 32));
        (hello[0], hello[1]) = (0xFE, 0xFD);
        byte[] suites = [0, 0, 0, 2, 0xC0, 0x2B, 1, 0];
        suites.CopyTo(hello, 34);
        byte[] message = [1, 0, 0, (byte)hello.Length, 0, 0, 0, 0, 0, 0, 0, (byte)hello.Length, .. hello];
        return [22, 0xFE, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)message.Length, .. message];
    }
}
