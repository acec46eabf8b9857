using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Tandem.Load.Sip;

/// <summary>Some TCP or TLS connections that stay open for the whole run.</summary>
internal sealed class StreamNetwork : Network
{
    private readonly Lock _gate = new();
    private readonly StreamLink[] _links;

    public StreamNetwork(int port, int links, bool tls)
    {
        _links = new StreamLink[links];
        for (var i = 0; i < links; i++)
            _links[i] = new StreamLink(this, port, tls);
    }

    public override IReadOnlyList<Link> Links => _links;

    /// <summary>Why a connection ended before its time; null while all are well.</summary>
    public Exception? Fault { get; private set; }

    public override void Do(Action work)
    {
        lock (_gate)
        {
            work();
            FlushAll();
        }
    }

    public override void Serve()
    {
        if (Fault is { } fault)
            throw new InvalidDataException($"a connection ended: {fault.Message}", fault);

        Thread.Sleep(1);
    }

    public override void Dispose() => Array.ForEach(_links, link => link.Dispose());

    private void FlushAll()
    {
        foreach (var link in _links)
            link.Flush();
    }

    private sealed class StreamLink : Link, IDisposable
    {
        private readonly StreamNetwork _network;
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly Stream _stream;
        private byte[] _waiting = new byte[65_536];
        private int _length;
        private bool _closed;

        public StreamLink(StreamNetwork network, int port, bool tls)
        {
            _network = network;
            _socket.Connect(IPAddress.Loopback, port);
            Local = Encoding.ASCII.GetBytes(_socket.LocalEndPoint!.ToString()!);
            Transport = tls ? "TLS"u8.ToArray() : "TCP"u8.ToArray();
            ContactParameter = tls ? ";transport=tls"u8.ToArray() : ";transport=tcp"u8.ToArray();
            _stream = new NetworkStream(_socket);
            if (tls)
            {
                var secure = new SslStream(_stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
                secure.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = SslProtocols.Tls13 | SslProtocols.Tls12 });
                _stream = secure;
            }

            _ = ReadAsync();
        }

        public override byte[] Local { get; }

        public override byte[] Transport { get; }

        public override byte[] ContactParameter { get; }

        public override void Send(ReadOnlySpan<byte> message)
        {
            if (_length + message.Length > _waiting.Length)
                Array.Resize(ref _waiting, _waiting.Length * 2);

            message.CopyTo(_waiting.AsSpan(_length));
            _length += message.Length;
        }

        public override void Flush()
        {
            if (_length == 0)
                return;

            _stream.Write(_waiting, 0, _length);
            _length = 0;
        }

        public void Dispose()
        {
            _closed = true;
            _stream.Dispose();
            _socket.Dispose();
        }

        private async Task ReadAsync()
        {
            var buffer = new byte[65_536];
            var filled = 0;
            try
            {
                while (true)
                {
                    var read = await _stream.ReadAsync(buffer.AsMemory(filled));
                    if (read == 0)
                        throw new EndOfStreamException("the server closed it");

                    filled += read;
                    lock (_network._gate)
                    {
                        filled = Take(buffer, filled);
                        _network.FlushAll();
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
            {
                if (!_closed)
                    _network.Fault ??= e;
            }
        }

        private int Take(byte[] buffer, int filled)
        {
            var at = 0;
            while (at < filled)
            {
                // Keep-alives of RFC 5626 come between messages.
                if (buffer[at] is (byte)'\r' or (byte)'\n')
                {
                    at++;
                    continue;
                }

                var length = Wire.MessageLength(buffer.AsSpan(at, filled - at));
                if (length == 0)
                    break;

                _network.Received(this, buffer.AsSpan(at, length));
                at += length;
            }

            buffer.AsSpan(at, filled - at).CopyTo(buffer);
            return filled - at;
        }
    }
}
