using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Events;
using Tandem.Media.Srtp;
using Tandem.Media.Transport;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests;

/// <summary>Browsers that arrive together, over real sockets: the loop goes on while nothing of their handshakes is computed.</summary>
public sealed class MediaEngineHandshakeTests : EngineRig
{
    private const int Browsers = 60;

    private static readonly DtlsCertificate Certificate = DtlsCertificate.Create(TimeProvider.System);

    private sealed class Block(ManualResetEventSlim gate) : IHandshakeWork
    {
        public void Compute() => gate.Wait();

        public void Finish(Moment now)
        {
        }
    }

    private sealed class Browser : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly DtlsAssociation _association;
        private readonly byte[] _buffer = new byte[1500];
        private int _port;

        public Browser(MediaEngine engine)
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _socket.Blocking = false;
            _association = new DtlsAssociation(Certificate, true, [DtlsCertificate.All[0].Fingerprint], SrtpProfiles.All, DtlsOptions.Default);
            Session = engine.Open(happened => IsSecured |= happened is MediaSecured)!;
        }

        public MediaSession Session { get; }

        public volatile bool IsSecured;

        public void Call()
        {
            var port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
            var hash = BitConverter.ToString(Certificate.Fingerprint.Value.ToArray()).Replace('-', ':');
            var answer = Session.Accept(MediaSide.A, Encoding.ASCII.GetBytes(
                $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} UDP/TLS/RTP/SAVP 0\r\na=rtcp-mux\r\n"
                + $"a=fingerprint:sha-256 {hash}\r\na=setup:active\r\n"));
            Assert.True(answer.IsAccepted, answer.Text);
            _port = Phone.PortOf(answer.Sdp);
            _association.Start(Moment.Zero);
            Go();
        }

        /// <summary>Reads what came, and says what is to be said.</summary>
        public void Go()
        {
            while (_socket.Poll(0, SelectMode.SelectRead))
                _association.Receive(_buffer.AsSpan(0, _socket.Receive(_buffer)), Moment.Zero);
            while (_association.TryTakeOutput(_buffer, out var length))
                _socket.SendTo(_buffer.AsSpan(0, length), new IPEndPoint(IPAddress.Loopback, _port));
        }

        public void Dispose()
        {
            _association.Dispose();
            _socket.Dispose();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_storm_of_handshakes_holds_up_no_packet(bool epoll)
    {
        var first = UdpPorts.Range(4 * Browsers);
        using var engine = Relay(epoll, options => options with
        {
            RtpPort = first,
            RtpPortMax = first + (4 * Browsers) - 1,
            UrgentPorts = 0,
            Shards = 1,
            // Handshakes are held here as long as the machine likes.
            Dtls = new DtlsOptions { Threads = 1, HandshakeTimeout = TimeSpan.FromMinutes(5) },
        });
        using var a = new Phone();
        using var b = new Phone();
        var session = engine.Open(_ => { })!;
        var (_, portForA) = Connect(session, a, b);

        // The only thread that computes is held: whatever flows from here on flows without it.
        using var gate = new ManualResetEventSlim();
        Assert.True(engine.Handshakes.TryStart(new Block(gate), _ => { }));
        WaitUntil(() => engine.Handshakes.Waiting == 0);
        var browsers = Enumerable.Range(0, Browsers).Select(_ => new Browser(engine)).ToList();
        try
        {
            foreach (var browser in browsers)
                browser.Call();
            WaitUntil(() => engine.Handshakes.Waiting == Browsers);
            for (ushort i = 0; i < 50; i++)
            {
                a.Send(Phone.Packet(i), portForA);
                Assert.Equal(Phone.Packet(i), Phone.Receive(b.Rtp));
            }

            Assert.Equal((Browsers, 0L), (engine.HandshakesWaiting, engine.Totals().HandshakeTurns));
            Assert.DoesNotContain(browsers, browser => browser.IsSecured);

            gate.Set();
            WaitUntil(() =>
            {
                browsers.ForEach(browser => browser.Go());
                return browsers.TrueForAll(browser => browser.IsSecured);
            });
            browsers.ForEach(browser => browser.Session.Close());
            session.Close();
            WaitUntil(() => engine.PortsInUse == 0);

            // A hello without a cookie, one with it, the rest, and the end, besides the one that held the thread.
            WaitUntil(() => engine.Totals().HandshakeTurns > 4 * Browsers);
            Assert.Equal((0L, 0L, 0), (engine.Totals().Failures, engine.Totals().HandshakesDropped, engine.Sessions));
        }
        finally
        {
            gate.Set();
            browsers.ForEach(browser => browser.Dispose());
        }
    }
}
