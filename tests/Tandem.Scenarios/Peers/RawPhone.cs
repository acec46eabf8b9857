using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Scenarios.Peers;

/// <summary>A UDP socket that sends any bytes to the server and asks it now and then whether it is still there.</summary>
public sealed class RawPhone : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private int _number;

    public RawPhone(int serverPort) => _socket.Connect(IPAddress.Loopback, serverPort);

    private int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    /// <summary>A request of a phone of ordinary talkativeness.</summary>
    public static byte[] Request(string method, int port, string id, string toTag) => Encoding.ASCII.GetBytes(
        $"{method} sip:101@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{id};rport\r\nMax-Forwards: 70\r\nFrom: <sip:100@127.0.0.1>;tag={id}\r\n"
        + $"To: <sip:101@127.0.0.1>{toTag}\r\nCall-ID: {id}@raw\r\nCSeq: 1 {method}\r\nContact: <sip:100@127.0.0.1:{port}>\r\nUser-Agent: a phone of the scenarios with a name of some length\r\nContent-Length: 0\r\n\r\n");

    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            await _socket.SendAsync(bytes);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
        {
            // Larger than any datagram: nobody can send it.
        }
    }

    /// <summary>The answer to a request, which is sent again each 100 ms; fails when there is none.</summary>
    public async Task<string> AskAsync(string method, string toTag, int tries)
    {
        var id = $"ask{Port}x{++_number}";
        var request = Request(method, Port, id, toTag);
        for (var i = 0; i < tries; i++)
        {
            await SendAsync(request);
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            try
            {
                while (true)
                {
                    var answer = Encoding.UTF8.GetString((await _socket.ReceiveAsync(patience.Token)).Buffer);
                    if (answer.Contains($"Call-ID: {id}@raw", StringComparison.Ordinal))
                        return answer;
                }
            }
            catch (OperationCanceledException)
            {
                // Sent again.
            }
        }

        Assert.Fail($"{method} was not answered");
        return "";
    }

    public async Task ExpectOptionsAsync(string after)
    {
        var answer = await AskAsync("OPTIONS", "", 600);
        Assert.True(answer.StartsWith("SIP/2.0 200", StringComparison.Ordinal), $"after {after}: {answer}");
    }

    public void Dispose() => _socket.Dispose();
}
