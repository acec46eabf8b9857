using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Tandem.Sip.Tests.Transport;

/// <summary>The far end of a TLS connection; every read has a timeout.</summary>
internal sealed class TestTls(SslStream stream) : IDisposable
{
    private readonly TestReader _reader = new(buffer => stream.Read(buffer));

    public SslStream Stream => stream;

    public X509Certificate2? Shown => stream.RemoteCertificate as X509Certificate2;

    public void Send(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    /// <summary>The next message with an empty body, or the next line end between messages.</summary>
    public string Take() => _reader.Take();

    /// <summary>True when the far side has closed the connection and nothing is left to read.</summary>
    public bool IsEnded()
    {
        try
        {
            return _reader.IsEnded();
        }
        catch (IOException e) when (e.InnerException is not System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.TimedOut })
        {
            return true;
        }
    }

    public void Dispose() => stream.Dispose();
}
