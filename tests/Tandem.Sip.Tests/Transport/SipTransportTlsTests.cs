using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

// RFC 3261 §26.3.1 and RFC 5922.
public sealed class SipTransportTlsTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Messages_go_over_tls_1_2_and_1_3(SslProtocols version)
    {
        await using var bench = new TlsBench();
        using var client = bench.Connect(version);
        Assert.Equal(version, client.Stream.SslProtocol);
        client.Send(TransportBench.Options(bench.Transport.CallIdOf(1)));
        var input = bench.Transport.Shards[1].Take();
        Assert.Equal(SipTransportKind.Tls, input.Flow.Transport);
        Assert.NotEqual(0, input.Flow.Connection);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", client.Take(), StringComparison.Ordinal);
        client.Send("\r\n\r\n"u8);
        Assert.Equal("\r\n", client.Take());
        Assert.Equal(1, bench.Counters.HandshakesDone);
        Assert.Equal(0, bench.Transport.Transport.Handshakes);
        Assert.Equal(1, bench.Transport.Transport.ConnectionsOf(SipTransportKind.Tls));
        Assert.Null(bench.Transport.Transport.PeerOf(input.Flow));
    }

    [Fact]
    public async Task Older_versions_are_refused()
    {
        await using var bench = new TlsBench();
#pragma warning disable CA5397, SYSLIB0039 // what is refused must be offered first
        Assert.ThrowsAny<Exception>(() => bench.Connect(SslProtocols.Tls11));
#pragma warning restore CA5397, SYSLIB0039
        Assert.Equal([ConnectionCloseReason.HandshakeFailed], bench.Transport.UntilClosed(1));
        Assert.Equal(1, bench.Counters.HandshakesFailed);
        Assert.Equal(0, bench.Counters.HandshakesDone);
    }

    [Fact]
    public async Task A_new_certificate_is_shown_to_new_connections_and_old_ones_go_on()
    {
        await using var bench = new TlsBench();
        using var old = bench.Connect();
        old.Send(TransportBench.Options("a"));
        Assert.Contains("Call-ID: a\r\n", old.Take(), StringComparison.Ordinal);

        using var next = bench.Authority.Issue("tandem.example", "dns:tandem.example");
        bench.Replace(next);
        using var fresh = bench.Connect();
        Assert.Equal(next.Thumbprint, fresh.Shown!.Thumbprint);
        Assert.Equal(bench.Own.Thumbprint, old.Shown!.Thumbprint);
        old.Send(TransportBench.Options("b"));
        Assert.Contains("Call-ID: b\r\n", old.Take(), StringComparison.Ordinal);
        fresh.Send(TransportBench.Options("c"));
        Assert.Contains("Call-ID: c\r\n", fresh.Take(), StringComparison.Ordinal);
    }

    // RFC 5922 §7.4.
    [Theory]
    [InlineData(ClientCertificatePolicy.None, "none", true, false)]
    [InlineData(ClientCertificatePolicy.None, "good", true, false)]
    [InlineData(ClientCertificatePolicy.Offered, "none", true, false)]
    [InlineData(ClientCertificatePolicy.Offered, "good", true, true)]
    [InlineData(ClientCertificatePolicy.Offered, "strange", false, false)]
    [InlineData(ClientCertificatePolicy.Required, "none", false, false)]
    [InlineData(ClientCertificatePolicy.Required, "good", true, true)]
    [InlineData(ClientCertificatePolicy.Required, "strange", false, false)]
    public async Task Client_certificates_are_asked_for_as_the_listener_says(ClientCertificatePolicy policy, string shown, bool isServed, bool isKnown)
    {
        await using var bench = new TlsBench(policy);
        using var strangers = new TestCertificates();
        using var certificate = shown == "none" ? null : (shown == "good" ? bench.Authority : strangers).Issue("peer", "uri:sip:peer.example", "dns:peer.example");
        if (!isServed)
        {
            // TLS 1.3 lets the client believe for a moment that it is in.
            var failure = Record.Exception(() =>
            {
                using var refused = bench.Connect(certificate: certificate);
                refused.Send(TransportBench.Options("a"));
                refused.Take();
            });
            Assert.NotNull(failure);
            Assert.Equal([ConnectionCloseReason.HandshakeFailed], bench.Transport.UntilClosed(1));
            Assert.Empty(bench.Transport.Shards[0].Inputs);
            Assert.Empty(bench.Transport.Shards[1].Inputs);
            return;
        }

        using var client = bench.Connect(certificate: certificate);
        client.Send(TransportBench.Options(bench.Transport.CallIdOf(0)));
        var flow = bench.Transport.Shards[0].Take().Flow;
        client.Take();
        var peer = bench.Transport.Transport.PeerOf(flow);
        Assert.Equal(isKnown ? ["peer.example"] : null, peer?.Domains);
    }

    [Fact]
    public async Task Half_a_handshake_is_closed_in_time()
    {
        await using var bench = new TlsBench();
        using var client = new TestStream(bench.EndPoint);
        client.Send([22, 3, 1, 2, 0, 1]);
        TransportBench.Until(() => bench.Transport.Transport.Connections == 1, "the handshake has begun");
        bench.Transport.Pass(TimeSpan.FromSeconds(4));
        Assert.Equal(1, bench.Transport.Transport.Connections);
        bench.Transport.Pass(TimeSpan.FromSeconds(2));
        Assert.True(client.IsEnded());
        Assert.Equal([ConnectionCloseReason.HandshakeTimeout], bench.Transport.UntilClosed(1));
        TransportBench.Until(() => bench.Transport.Transport.Handshakes == 0, "its place is free");
    }

    [Fact]
    public async Task Half_open_handshakes_are_bounded_and_do_not_stop_others()
    {
        await using var bench = new TlsBench(adjust: o => o with { MaxHandshakesPerSource = 101 });
        var half = Enumerable.Range(0, 100).Select(_ => new TestStream(bench.EndPoint)).ToList();
        TransportBench.Until(() => bench.Transport.Transport.Handshakes == 100, "a hundred handshakes have begun");
        using (var client = bench.Connect())
        {
            client.Send(TransportBench.Options("a"));
            Assert.StartsWith("SIP/2.0 200 OK\r\n", client.Take(), StringComparison.Ordinal);
        }

        half.Add(new TestStream(bench.EndPoint));
        TransportBench.Until(() => bench.Transport.Transport.Handshakes == 101, "the last place is taken");
        using var refused = new TestStream(bench.EndPoint);
        Assert.True(refused.IsEnded());
        Assert.Equal(1, bench.Counters.HandshakesRejected);
        half.ForEach(stream => stream.Dispose());
        TransportBench.Until(() => bench.Transport.Transport.Handshakes == 0, "all places are free");
        Assert.Equal(101, bench.Counters.HandshakesFailed);
    }

    [Fact]
    public async Task A_banned_source_gets_no_handshake()
    {
        await using var bench = new TlsBench(guard: new SourceGuardOptions { MaxFailures = 1 });
        bench.Transport.Guard.Bans.ReportFailure(NetAddress.From(IPAddress.Loopback, 0), "wrong secret", bench.Transport.Clock.Now);
        Assert.ThrowsAny<Exception>(() => bench.Connect());
        Assert.Equal(1, bench.Counters.RefusedByGuard);
        Assert.Equal(0, bench.Counters.HandshakesFailed);
    }

    // RFC 5922 §7.3: the domain that was resolved, not what the resolution found, must stand in the certificate.
    [Theory]
    [InlineData("dns:peer.example", "peer.example", true)]
    [InlineData("uri:sip:peer.example", "PEER.example", true)]
    [InlineData("dns:sip1.peer.example", "peer.example", false)]
    [InlineData("dns:*.example", "peer.example", false)]
    [InlineData("ip:127.0.0.1", "peer.example", false)]
    [InlineData("ip:127.0.0.1", null, true)]
    [InlineData("dns:peer.example", null, false)]
    public async Task A_server_must_be_who_it_should_be(string name, string? wanted, bool isAccepted)
    {
        await using var bench = new TlsBench();
        using var certificate = bench.Authority.Issue("peer.example", name);
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var target = new SipFlow(SipTransportKind.Tls, default, NetAddress.From((IPEndPoint)server.LocalEndpoint));
        bench.Transport.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("a")), 5, wanted));
        if (isAccepted)
        {
            using var far = bench.Serve(server.AcceptSocket(), certificate);
            Assert.Contains("Call-ID: a\r\n", far.Take(), StringComparison.Ordinal);
            return;
        }

        Assert.ThrowsAny<Exception>(() =>
        {
            using var far = bench.Serve(server.AcceptSocket(), certificate);
            far.Take();
        });
        Assert.Equal(5, bench.Transport.Shards[0].Take().FailedTag);
        Assert.Equal([ConnectionCloseReason.HandshakeFailed], bench.Transport.UntilClosed(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_of_an_unknown_authority_is_refused_unless_nothing_is_verified(bool verifies)
    {
        await using var bench = new TlsBench(adjust: o => o with { VerifyPeers = verifies });
        using var strangers = new TestCertificates();
        using var certificate = strangers.Issue("peer.example", "dns:peer.example");
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var target = new SipFlow(SipTransportKind.Tls, default, NetAddress.From((IPEndPoint)server.LocalEndpoint));
        bench.Transport.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("a")), 5, "peer.example"));
        if (verifies)
        {
            Assert.ThrowsAny<Exception>(() =>
            {
                using var refused = bench.Serve(server.AcceptSocket(), certificate);
                refused.Take();
            });
            Assert.Equal(5, bench.Transport.Shards[0].Take().FailedTag);
            return;
        }

        using var far = bench.Serve(server.AcceptSocket(), certificate);
        Assert.Contains("Call-ID: a\r\n", far.Take(), StringComparison.Ordinal);
    }

    // What was opened for one domain carries no request for another, though both lead to the same address.
    [Fact]
    public async Task A_connection_is_used_again_for_its_own_domain_only()
    {
        await using var bench = new TlsBench();
        using var certificate = bench.Authority.Issue("x", "dns:one.example", "dns:two.example");
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var target = new SipFlow(SipTransportKind.Tls, default, NetAddress.From((IPEndPoint)server.LocalEndpoint));
        bench.Transport.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("a")), 1, "one.example"));
        using var one = bench.Serve(server.AcceptSocket(), certificate, wantsCertificate: true);
        Assert.Contains("Call-ID: a\r\n", one.Take(), StringComparison.Ordinal);
        Assert.Equal(bench.Own.Thumbprint, one.Shown!.Thumbprint);
        bench.Transport.Send(1, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("b")), 2, "One.Example"));
        Assert.Contains("Call-ID: b\r\n", one.Take(), StringComparison.Ordinal);
        bench.Transport.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("c")), 3, "two.example"));
        using var two = bench.Serve(server.AcceptSocket(), certificate);
        Assert.Contains("Call-ID: c\r\n", two.Take(), StringComparison.Ordinal);
        Assert.Equal(2, bench.Counters.Opened);
    }

    // A phone is reached over the connection that it opened; nothing is connected to its ephemeral port.
    [Fact]
    public async Task Requests_to_a_client_go_over_its_own_connection()
    {
        await using var bench = new TlsBench();
        using var client = bench.Connect();
        client.Send(TransportBench.Options(bench.Transport.CallIdOf(0)));
        var flow = bench.Transport.Shards[0].Take().Flow;
        client.Take();
        bench.Transport.Send(1, new SipPacket(flow, PooledBuffer.Copy(TransportBench.Options("b")), 1));
        Assert.Contains("Call-ID: b\r\n", client.Take(), StringComparison.Ordinal);

        client.Dispose();
        Assert.Equal([ConnectionCloseReason.ByPeer], bench.Transport.UntilClosed(1));
        bench.Transport.Send(1, new SipPacket(flow, PooledBuffer.Copy(TransportBench.Options("c")), 9));
        Assert.Equal(9, bench.Transport.Shards[1].Take().FailedTag);
        Assert.Equal(0, bench.Counters.Opened);
    }

    [Fact]
    public async Task A_transport_without_certificate_has_no_tls()
    {
        await using var bench = new TransportBench();
        var target = new SipFlow(SipTransportKind.Tls, default, NetAddress.From(IPAddress.Loopback, 5061));
        bench.Send(0, new SipPacket(target, PooledBuffer.Copy("x"u8), 4));
        Assert.Equal(4, bench.Shards[0].Take().FailedTag);
    }

    [Fact]
    public async Task Many_small_messages_arrive_whole_and_in_order()
    {
        await using var bench = new TlsBench();
        using var client = bench.Connect();
        client.Send(TransportBench.Options(bench.Transport.CallIdOf(0)));
        var flow = bench.Transport.Shards[0].Take().Flow;
        client.Take();
        const int Count = 2_000;
        bench.Transport.Shards[0].Turns.Post(() =>
        {
            for (var i = 0; i < Count; i++)
                bench.Transport.Shards[0].Send(new SipPacket(flow, PooledBuffer.Copy(TransportBench.Options($"n{i}")), i + 1));
        });
        for (var i = 0; i < Count; i++)
            Assert.Contains($"Call-ID: n{i}\r\n", client.Take(), StringComparison.Ordinal);

        TransportBench.Until(() => bench.Counters.StreamMessagesOut == Count + 1, "all are counted");
        Assert.Equal(0, bench.Counters.SendFailures);
    }

    [Fact]
    public async Task Stopping_says_goodbye()
    {
        var bench = new TlsBench();
        using var client = bench.Connect();
        client.Send(TransportBench.Options("a"));
        client.Take();
        await bench.DisposeAsync();

        // Not the end of the TCP stream, which could be anybody's doing, but close_notify.
        Assert.Equal(0, client.Stream.Read(new byte[16]));
    }
}
