using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Tandem.Load.Sip;

/// <summary>
/// Some TCP or TLS connections that stay open for the whole run, all served by one thread: threads of the platform that sleep and wake
/// for each message would cost the server, which wakes them when it sends.
/// </summary>
internal sealed class StreamNetwork : Network
{
    private readonly StreamLink[] _links;
    private readonly Native.PollEntry[] _entries;

    public StreamNetwork(int port, int links, bool tls)
    {
        _links = new StreamLink[links];
        _entries = new Native.PollEntry[links];
        for (var i = 0; i < links; i++)
        {
            _links[i] = new StreamLink(this, port, tls);
            _entries[i] = new Native.PollEntry { Descriptor = _links[i].Descriptor, Events = Native.PollIn };
        }
    }

    public override IReadOnlyList<Link> Links => _links;

    public override void Do(Action work)
    {
        work();
        FlushAll();
    }

    public override unsafe void Serve()
    {
        int ready;
        fixed (Native.PollEntry* entries = _entries)
            ready = Native.poll(entries, (nuint)_entries.Length, 1);

        if (ready <= 0)
            return;

        for (var i = 0; i < _links.Length; i++)
        {
            if (_entries[i].Returned != 0)
                _links[i].OnReadable();
        }

        FlushAll();
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
        private readonly PolledStream _socket;
        private readonly Stream _stream;
        private readonly Task _reading;
        private byte[] _waiting = new byte[65_536];
        private int _length;

        public StreamLink(StreamNetwork network, int port, bool tls)
        {
            _network = network;
            _socket = new PolledStream(port);
            Local = _socket.Local;
            Transport = tls ? "TLS"u8.ToArray() : "TCP"u8.ToArray();
            ContactParameter = tls ? ";transport=tls"u8.ToArray() : ";transport=tcp"u8.ToArray();
            _stream = _socket;
            if (tls)
            {
                var secure = new SslStream(_socket, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
                secure.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = SslProtocols.Tls13 | SslProtocols.Tls12 });
                _stream = secure;
            }

            _reading = ReadAsync();
        }

        public int Descriptor => _socket.Descriptor;

        public override byte[] Local { get; }

        public override byte[] Transport { get; }

        public override byte[] ContactParameter { get; }

        public void OnReadable()
        {
            _socket.OnReadable();
            if (_reading.IsCompleted)
                throw new InvalidDataException($"a connection ended: {_reading.Exception?.InnerException?.Message}");
        }

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

        public void Dispose() => _stream.Dispose();

        private async Task ReadAsync()
        {
            var buffer = new byte[65_536];
            var filled = 0;
            while (true)
            {
                var read = await _stream.ReadAsync(buffer.AsMemory(filled)).ConfigureAwait(false);
                if (read == 0)
                    throw new EndOfStreamException("the server closed it");

                filled = Take(buffer, filled + read);
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
