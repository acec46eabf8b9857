using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Sip.Tests.Transport;

/// <summary>The far end of a TCP connection; every read has a timeout.</summary>
internal sealed class TestStream : IDisposable
{
    private readonly Socket _socket;
    private readonly StringBuilder _received = new();

    public TestStream(IPEndPoint target)
    {
        _socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        _socket.Connect(target);
    }

    public TestStream(Socket accepted)
    {
        _socket = accepted;
        _socket.ReceiveTimeout = 10_000;
    }

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>Ends our sending; reading goes on.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The next message with an empty body, or the next line end between messages.</summary>
    public string Take()
    {
        var buffer = new byte[4_096];
        while (true)
        {
            var text = _received.ToString();
            var end = text.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (end != 3)
            {
                _received.Remove(0, end);
                return text[..end];
            }

            var length = _socket.Receive(buffer);
            Assert.NotEqual(0, length);
            _received.Append(Encoding.ASCII.GetString(buffer, 0, length));
        }
    }

    /// <summary>True when the far side has closed the connection and nothing is left to read.</summary>
    public bool IsEnded()
    {
        try
        {
            return _received.Length == 0 && _socket.Receive(new byte[16]) == 0;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();
}
