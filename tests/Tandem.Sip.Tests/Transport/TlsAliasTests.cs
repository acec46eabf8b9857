using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

// RFC 5923 §8.2, §9.2: a connection that another server opened over TLS is the way back to it, when its certificate and its Via say so.
public sealed class TlsAliasTests : IAsyncDisposable
{
    private readonly TlsBench _bench = new(ClientCertificatePolicy.Offered);
    private readonly X509Certificate2 _peer;

    public TlsAliasTests() => _peer = _bench.Authority.Issue("peer", "uri:sip:peer.example", "dns:peer.example", "ip:127.0.0.1");

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _peer.Dispose();
    }

    [Theory]
    [InlineData("peer.example")]
    [InlineData("PEER.example")]
    [InlineData(null)]
    public void A_request_for_its_domain_or_address_goes_over_it(string? domain)
    {
        using var peer = Connect(_peer, ":5099", ";alias");

        Send(5099, domain, "back");

        Assert.Contains("Call-ID: back\r\n", peer.Take(), StringComparison.Ordinal);
        Assert.Equal(0, _bench.Counters.Opened);

        // What is answered there is heard.
        peer.Send(TransportBench.Options(_bench.Transport.CallIdOf(1)));
        Assert.Equal(SipTransportKind.Tls, _bench.Transport.Shards[1].Take().Flow.Transport);
    }

    [Fact]
    public void A_via_without_a_port_means_5061()
    {
        using var peer = Connect(_peer, "", ";alias");
        Send(5061, "peer.example", "back");
        Assert.Contains("Call-ID: back\r\n", peer.Take(), StringComparison.Ordinal);
    }

    // §9.3: one address may be many domains.
    [Theory]
    [InlineData(true, ":5099", ";alias", "other.example")]
    [InlineData(true, ":5099", "", "peer.example")]
    [InlineData(true, ":5098", ";alias", "peer.example")]
    [InlineData(false, ":5099", ";alias", "peer.example")]
    public void Nothing_else_does(bool showsCertificate, string port, string parameter, string domain)
    {
        using var peer = Connect(showsCertificate ? _peer : null, port, parameter);
        Fails(5099, domain);
    }

    [Fact]
    public void A_certificate_for_a_name_is_none_for_an_address()
    {
        using var named = _bench.Authority.Issue("named", "dns:peer.example");
        using var peer = Connect(named, ":5099", ";alias");
        Fails(5099, null);
    }

    [Fact]
    public void A_profile_with_a_certificate_of_its_own_does_not_use_it()
    {
        using var peer = Connect(_peer, ":5099", ";alias");
        var target = Target(5099) with { Identity = 7 };
        _bench.Transport.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options("back")), 9, "peer.example"));
        Assert.Equal(9, _bench.Transport.Shards[0].Take().FailedTag);
    }

    [Fact]
    public void The_newest_connection_is_the_way_and_one_that_is_closed_is_none()
    {
        using var older = Connect(_peer, ":5099", ";alias");
        using (var newer = Connect(_peer, ":5099", ";alias"))
        {
            Send(5099, "peer.example", "first");
            Assert.Contains("Call-ID: first\r\n", newer.Take(), StringComparison.Ordinal);
        }

        _bench.Transport.UntilClosed(1);
        Fails(5099, "peer.example");

        // It asks again with its next request.
        older.Send(Request(":5097", ";alias"));
        _bench.Transport.Shards[0].Take();
        older.Take();
        older.Send(Request(":5099", ";alias"));
        _bench.Transport.Shards[0].Take();
        older.Take();
        Fails(5097, "peer.example");
        Send(5099, "peer.example", "second");
        Assert.Contains("Call-ID: second\r\n", older.Take(), StringComparison.Ordinal);
    }

    // §8.1: what we send says that we take requests on the connection that it goes over.
    [Theory]
    [InlineData(SipTransportKind.Tls, true)]
    [InlineData(SipTransportKind.Tcp, false)]
    [InlineData(SipTransportKind.Udp, false)]
    public void Our_via_asks_for_it_over_tls(SipTransportKind kind, bool asks)
    {
        var request = ViaEditor.InsertTopLine(PooledBuffer.Copy(TransportBench.Options("a")), new SentBy("192.0.2.1", 5061, 5061), kind, "td"u8, 1, 0);
        var via = Encoding.ASCII.GetString(request.Span).Split("\r\n")[1];
        request.Release();
        Assert.Equal(asks, via.EndsWith(";alias", StringComparison.Ordinal));
    }

    private TestTls Connect(X509Certificate2? certificate, string port, string parameter)
    {
        var peer = _bench.Connect(certificate: certificate);
        peer.Send(Request(port, parameter));
        _bench.Transport.Shards[0].Take();
        peer.Take();
        return peer;
    }

    private byte[] Request(string port, string parameter) => Encoding.ASCII.GetBytes(
        Encoding.ASCII.GetString(TransportBench.Options(_bench.Transport.CallIdOf(0)))
            .Replace("SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1", $"SIP/2.0/TLS 192.0.2.9{port};branch=z9hG4bK1{parameter}", StringComparison.Ordinal));

    // Nobody listens there: a connection of our own cannot be opened.
    private void Fails(int port, string? domain)
    {
        Send(port, domain, "back");
        Assert.Equal(5, _bench.Transport.Shards[0].Take().FailedTag);
        Assert.True(_bench.Counters.OpenFailures >= 1);
    }

    private void Send(int port, string? domain, string callId) =>
        _bench.Transport.Send(0, new SipPacket(Target(port), PooledBuffer.Copy(TransportBench.Options(callId)), 5, domain));

    private static SipFlow Target(int port) => new(SipTransportKind.Tls, default, NetAddress.From(IPAddress.Loopback, port));
}
