using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Scenarios.Peers;

/// <summary>A TCP connection from a loopback address of its own, which is a source of its own to the server: it says what it likes, or nothing.</summary>
public sealed class LoopbackSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[65_536];

    private LoopbackSocket(IPAddress from, int receiveBytes)
    {
        if (receiveBytes > 0)
            _socket.ReceiveBufferSize = receiveBytes;
        _socket.Bind(new IPEndPoint(from, 0));
    }

    public Socket Socket => _socket;

    /// <summary>Connects to a port of the server.</summary>
    /// <param name="from">The address that it comes from: 127.0.0.n.</param>
    /// <param name="port">The port.</param>
    /// <param name="receiveBytes">What the system may keep of unread bytes; 0 for its default.</param>
    public static async Task<LoopbackSocket> ConnectAsync(string from, int port, int receiveBytes = 0)
    {
        var connection = new LoopbackSocket(IPAddress.Parse(from), receiveBytes);
        await connection._socket.ConnectAsync(IPAddress.Loopback, port);
        return connection;
    }

    /// <summary>An OPTIONS that fits any connection.</summary>
    public static string Options(string transport, string id) =>
        $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} x7k2.invalid;branch=z9hG4bK{id};rport\r\nMax-Forwards: 70\r\nFrom: <sip:100@127.0.0.1>;tag={id}\r\n"
        + $"To: <sip:127.0.0.1>\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

    public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>What comes next; empty when the server has ended the connection.</summary>
    public async Task<string> ReadAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return Encoding.UTF8.GetString(_received, 0, await _socket.ReceiveAsync(_received, patience.Token));
        }
        catch (SocketException)
        {
            return ""; // by a reset
        }
    }

    /// <summary>OPTIONS is answered over this connection.</summary>
    public async Task ExpectServedAsync(string id)
    {
        await SendAsync(Options("TCP", id));
        Assert.StartsWith("SIP/2.0 200", await ReadAsync(), StringComparison.Ordinal);
    }

    public void Dispose() => _socket.Dispose();
}
