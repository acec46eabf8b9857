using System.Net;
using System.Net.Sockets;

namespace Tandem.Sip.Tests.Transport;

/// <summary>The far end of a TCP connection; every read has a timeout.</summary>
internal sealed class TestStream : IDisposable
{
    private readonly Socket _socket;
    private readonly TestReader _reader;

    public TestStream(IPEndPoint target)
    {
        _socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)TransportBench.Patience.TotalMilliseconds };
        _socket.Connect(target);
        _reader = new TestReader(_socket.Receive);
    }

    public TestStream(Socket accepted)
    {
        _socket = accepted;
        _socket.ReceiveTimeout = (int)TransportBench.Patience.TotalMilliseconds;
        _reader = new TestReader(_socket.Receive);
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
    public string Take() => _reader.Take();

    /// <summary>True when the far side has closed the connection and nothing is left to read.</summary>
    public bool IsEnded()
    {
        try
        {
            return _reader.IsEnded();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();
}
