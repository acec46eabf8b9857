using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

/// <summary>RFC 5922 §7.1, §7.2: who connects shows who he is, by roots that the installation need not know.</summary>
public sealed class TlsProofTests
{
    private static readonly string[] Names = ["", "carrier.example", "203.0.113.7"];

    [Theory]
    [InlineData("none", CertificateVerdict.NoCertificate)]
    [InlineData("dns:carrier.example", CertificateVerdict.Proven)]
    [InlineData("dns:CARRIER.example", CertificateVerdict.Proven)]
    [InlineData("uri:sip:carrier.example", CertificateVerdict.Proven)]
    [InlineData("ip:203.0.113.7", CertificateVerdict.Proven)]
    [InlineData("dns:*.example", CertificateVerdict.AnotherName)]
    [InlineData("dns:sbc.carrier.example", CertificateVerdict.AnotherName)]
    [InlineData("uri:sip:ada@carrier.example", CertificateVerdict.AnotherName)]
    public async Task Whoever_shows_the_name_with_the_roots_of_the_identity_is_proven(string name, CertificateVerdict verdict)
    {
        using var carrier = new TestCertificates();
        var identities = new TlsIdentities();
        var number = identities.Add(Roots(carrier));
        await using var bench = new TlsBench(adjust: o => o with { Identities = identities, WantsProof = () => true });
        using var certificate = name == "none" ? null : carrier.Issue("x", name);
        using var client = bench.Connect(certificate: certificate);
        var flow = FlowOf(bench, client);

        Assert.Equal(verdict, bench.Transport.Transport.Judge(flow, Names, number));

        // The installation knows another authority, and numbers that stand for nothing trust nobody.
        var elsewhere = verdict == CertificateVerdict.Proven ? CertificateVerdict.NotTrusted : verdict;
        Assert.Equal(elsewhere, bench.Transport.Transport.Judge(flow, Names, 0));
        Assert.Equal(elsewhere, bench.Transport.Transport.Judge(flow, Names, identities.AddNone()));
        Assert.Equal(CertificateVerdict.NoTls, bench.Transport.Transport.Judge(flow with { Transport = SipTransportKind.Tcp }, Names, number));
        Assert.Equal(CertificateVerdict.NoCertificate, bench.Transport.Transport.Judge(flow with { Connection = flow.Connection + 1 }, Names, number));

        // To be asked because somebody wants to know makes nobody a peer of RFC 5923.
        Assert.Null(bench.Transport.Transport.PeerOf(flow));
    }

    [Fact]
    public async Task Listeners_ask_as_soon_as_somebody_wants_to_know_and_let_in_the_same_as_before()
    {
        var wants = false;
        using var strangers = new TestCertificates();
        await using var bench = new TlsBench(adjust: o => o with { WantsProof = () => wants });
        using var good = bench.Authority.Issue("carrier", "dns:carrier.example");
        using var strange = strangers.Issue("carrier", "dns:carrier.example");
        foreach (var (asks, certificate, verdict) in new[]
        {
            (false, good, CertificateVerdict.NotAsked),
            (true, good, CertificateVerdict.Proven),
            (true, strange, CertificateVerdict.NotTrusted),
            (true, null, CertificateVerdict.NoCertificate),
            (false, strange, CertificateVerdict.NotAsked),
        })
        {
            wants = asks;
            using var client = bench.Connect(certificate: certificate);
            Assert.Equal(verdict, bench.Transport.Transport.Judge(FlowOf(bench, client), Names, 0));
        }
    }

    [Theory]
    [InlineData(ClientCertificatePolicy.Offered, true)]
    [InlineData(ClientCertificatePolicy.Required, false)]
    public async Task A_listener_that_requires_certificates_knows_its_own_roots_alone(ClientCertificatePolicy policy, bool isLetIn)
    {
        using var carrier = new TestCertificates();
        var identities = new TlsIdentities();
        var number = identities.Add(Roots(carrier));
        await using var bench = new TlsBench(policy, o => o with { Identities = identities, WantsProof = () => true });
        using var certificate = carrier.Issue("carrier", "dns:carrier.example");
        if (!isLetIn)
        {
            // TLS 1.3 lets the client believe for a moment that it is in.
            Assert.NotNull(Record.Exception(() =>
            {
                using var refused = bench.Connect(certificate: certificate);
                refused.Send(TransportBench.Options("a"));
                refused.Take();
            }));
            return;
        }

        using var client = bench.Connect(certificate: certificate);
        var flow = FlowOf(bench, client);
        Assert.Equal(CertificateVerdict.Proven, bench.Transport.Transport.Judge(flow, Names, number));
        Assert.Null(bench.Transport.Transport.PeerOf(flow));
    }

    // RFC 5280 §4.2.1.12, RFC 5924: authorities give certificates for servers alone, and whoever has one calls with it too.
    [Theory]
    [InlineData("1.3.6.1.5.5.7.3.1", CertificateVerdict.Proven)]
    [InlineData("1.3.6.1.5.5.7.3.2", CertificateVerdict.Proven)]
    [InlineData("1.3.6.1.5.5.7.3.20", CertificateVerdict.Proven)]
    [InlineData("2.5.29.37.0", CertificateVerdict.Proven)]
    [InlineData("1.3.6.1.5.5.7.3.4 1.3.6.1.5.5.7.3.1", CertificateVerdict.Proven)]
    [InlineData("1.3.6.1.5.5.7.3.4", CertificateVerdict.AnotherUse)]
    public async Task A_certificate_for_tls_or_sip_proves_in_either_role_and_one_for_mail_does_not(string uses, CertificateVerdict verdict)
    {
        await using var bench = new TlsBench(adjust: o => o with { WantsProof = () => true });
        using var certificate = bench.Authority.Issue("x", ["dns:carrier.example", .. uses.Split(' ').Select(use => "use:" + use)]);
        using var client = bench.Connect(certificate: certificate);
        Assert.Equal(verdict, bench.Transport.Transport.Judge(FlowOf(bench, client), Names, 0));
    }

    [Fact]
    public async Task A_connection_that_nobody_asked_is_closed_when_quiet_and_the_next_one_is_asked()
    {
        var wants = false;
        await using var bench = new TlsBench(adjust: o => o with { WantsProof = () => wants });
        using var certificate = bench.Authority.Issue("carrier", "dns:carrier.example");
        using var client = bench.Connect(certificate: certificate);
        var flow = FlowOf(bench, client);
        wants = true;
        Assert.Equal(CertificateVerdict.NotAsked, bench.Transport.Transport.Judge(flow, Names, 0));
        bench.Transport.Transport.Renew(flow);
        bench.Transport.Pass(TimeSpan.FromSeconds(0.9));
        Assert.Equal(CertificateVerdict.NotAsked, bench.Transport.Transport.Judge(FlowOf(bench, client), Names, 0));
        bench.Transport.Pass(TimeSpan.FromSeconds(0.9));
        Assert.Equal(CertificateVerdict.NotAsked, bench.Transport.Transport.Judge(FlowOf(bench, client), Names, 0));
        bench.Transport.Pass(TimeSpan.FromSeconds(1));
        Assert.True(client.IsEnded());
        using var next = bench.Connect(certificate: certificate);
        Assert.Equal(CertificateVerdict.Proven, bench.Transport.Transport.Judge(FlowOf(bench, next), Names, 0));
    }

    // A BYE and a reset behind it: the shard may come to the request when the connection is gone.
    [Fact]
    public async Task Who_sent_a_request_is_known_though_the_connection_was_reset_behind_it()
    {
        await using var bench = new TlsBench(adjust: o => o with { WantsProof = () => true });
        using var certificate = bench.Authority.Issue("carrier", "dns:carrier.example");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)TransportBench.Patience.TotalMilliseconds, LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(bench.EndPoint, TestContext.Current.CancellationToken);
        SipFlow flow;
        using (var client = new TestTls(new SslStream(new NetworkStream(socket, ownsSocket: true), false, (_, _, _, _) => true)))
        {
            await client.Stream.AuthenticateAsClientAsync("tandem.example", [certificate], checkCertificateRevocation: false);
            flow = FlowOf(bench, client);
            socket.Close();
        }

        TransportBench.Until(() => !bench.Transport.Transport.IsOpen(flow.Connection), "the connection is gone");
        Assert.Equal(CertificateVerdict.Proven, bench.Transport.Transport.Judge(flow, Names, 0));
        Assert.Equal(CertificateVerdict.AnotherName, bench.Transport.Transport.Judge(flow, ["other.example"], 0));
        Assert.Equal(CertificateVerdict.NoCertificate, bench.Transport.Transport.Judge(flow with { Connection = flow.Connection + 1 }, Names, 0));
        bench.Transport.Pass(TimeSpan.FromSeconds(11));
        Assert.Equal(CertificateVerdict.NoCertificate, bench.Transport.Transport.Judge(flow, Names, 0));
    }

    // A root that is trusted no more is trusted no more at once, by connections that are open too.
    [Fact]
    public async Task Other_roots_judge_open_connections_anew()
    {
        using var others = new TestCertificates();
        await using var bench = new TlsBench(adjust: o => o with { WantsProof = () => true });
        using var certificate = bench.Authority.Issue("carrier", "dns:carrier.example");
        using var client = bench.Connect(certificate: certificate);
        var flow = FlowOf(bench, client);
        Assert.Equal(CertificateVerdict.Proven, bench.Transport.Transport.Judge(flow, Names, 0));
        bench.Trust(others);
        Assert.Equal(CertificateVerdict.NotTrusted, bench.Transport.Transport.Judge(flow, Names, 0));
        bench.Trust(bench.Authority);
        Assert.Equal(CertificateVerdict.Proven, bench.Transport.Transport.Judge(flow, Names, 0));
    }

    // The second time a session could go on that has the certificate alone.
    [Fact]
    public async Task A_chain_leads_to_the_root_each_time()
    {
        using var carrier = new TestCertificates();
        var identities = new TlsIdentities();
        var number = identities.Add(Roots(carrier));
        await using var bench = new TlsBench(adjust: o => o with { Identities = identities, WantsProof = () => true });
        var (leaf, between) = Issue(carrier);
        using var certificate = leaf;
        using var intermediate = between;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "tandem.example",
            ClientCertificateContext = SslStreamCertificateContext.Create(certificate, [intermediate], offline: true),
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        };
        for (var round = 0; round < 3; round++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)TransportBench.Patience.TotalMilliseconds };
            await socket.ConnectAsync(bench.EndPoint, TestContext.Current.CancellationToken);
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
            using var client = new TestTls(stream);
            Assert.Equal(CertificateVerdict.Proven, bench.Transport.Transport.Judge(FlowOf(bench, client), Names, number));
        }
    }

    // A provider that we register with calls back over the same connection; what TLS_VERIFY lets pass proves nothing.
    [Theory]
    [InlineData(true, CertificateVerdict.Proven)]
    [InlineData(false, CertificateVerdict.NotTrusted)]
    public async Task A_server_that_we_connected_to_is_proven_by_its_own_certificate(bool isKnown, CertificateVerdict verdict)
    {
        await using var carrier = new TlsBench();
        await using var bench = new TlsBench(adjust: o => o with { VerifyPeers = false });
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var target = new SipFlow(SipTransportKind.Tls, default, NetAddress.From((System.Net.IPEndPoint)listener.LocalEndpoint));
        bench.Transport.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options(bench.Transport.CallIdOf(0))), 5, "carrier.example"));
        var accepted = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        using var certificate = (isKnown ? bench : carrier).Authority.Issue("carrier", "dns:carrier.example");
        using var server = bench.Serve(accepted, certificate);
        server.Take();
        server.Send(TransportBench.Options(bench.Transport.CallIdOf(0)));
        Assert.Equal(verdict, bench.Transport.Transport.Judge(bench.Transport.Shards[0].Take().Flow, Names, 0));
    }

    private static SipFlow FlowOf(TlsBench bench, TestTls client)
    {
        client.Send(TransportBench.Options(bench.Transport.CallIdOf(0)));
        var flow = bench.Transport.Shards[0].Take().Flow;
        client.Take();
        return flow;
    }

    private static TlsIdentity Roots(TestCertificates authority)
    {
        Assert.True(TlsIdentity.TryCreate("", "", authority.Root.ExportCertificatePem(), null, out var identity, out var problem), problem);
        return identity!;
    }

    private static (X509Certificate2 Leaf, X509Certificate2 Between) Issue(TestCertificates authority)
    {
        using var betweenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var between = new CertificateRequest("CN=Between", betweenKey, HashAlgorithmName.SHA256);
        between.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        between.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var issued = between.Create(authority.Root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(30), [1, 2, 3]);
        using var signer = issued.CopyWithPrivateKey(betweenKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=carrier", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("carrier.example");
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(signer, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddDays(20), [4, 5, 6]);
        return (leaf.CopyWithPrivateKey(key), X509CertificateLoader.LoadCertificate(issued.RawData));
    }
}
