using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tandem.Sip.Tests.Transport;

/// <summary>The far end of a TLS connection; every read has a timeout.</summary>
internal sealed class TestTls(SslStream stream) : IDisposable
{
    private readonly StringBuilder _received = new();

    public SslStream Stream => stream;

    public X509Certificate2? Shown => stream.RemoteCertificate as X509Certificate2;

    public void Send(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

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

            var length = stream.Read(buffer);
            Assert.NotEqual(0, length);
            _received.Append(Encoding.ASCII.GetString(buffer, 0, length));
        }
    }

    /// <summary>True when the far side has closed the connection and nothing is left to read.</summary>
    public bool IsEnded()
    {
        try
        {
            return _received.Length == 0 && stream.Read(new byte[16]) == 0;
        }
        catch (IOException e) when (e.InnerException is not System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.TimedOut })
        {
            return true;
        }
    }

    public void Dispose() => stream.Dispose();
}
