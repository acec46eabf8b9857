using System.Net;
using System.Security.Cryptography.X509Certificates;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

/// <summary>RFC 3261 §26.3.2.1, RFC 5922 §7: a client certificate for one far side, and what it may not do to others.</summary>
public sealed class TlsIdentityTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task A_server_that_requires_a_certificate_gets_that_of_the_identity_and_no_connection_is_shared()
    {
        var identities = new TlsIdentities();
        await using var provider = new TlsBench(ClientCertificatePolicy.Required);
        await using var bench = new TlsBench(adjust: o => o with { Identities = identities });
        var one = identities.Add(Identity(provider.Authority, "one.example"));
        var two = identities.Add(Identity(provider.Authority, "two.example"));
        var target = new SipFlow(SipTransportKind.Tls, default, NetAddress.From(provider.EndPoint));

        Send(bench, target with { Identity = one }, "a", provider.Transport.CallIdOf(0));
        var first = provider.Transport.Shards[0].Take();
        Assert.Equal(["one.example"], provider.Transport.Transport.PeerOf(first.Flow)?.Domains);

        // What comes back over it belongs to the same identity.
        TransportBench.Until(() => bench.Transport.Shards.Any(shard => shard.Inputs.Count > 0), "the answer is there");
        Assert.Equal(one, bench.Transport.Shards.Single(shard => shard.Inputs.Count > 0).Take().Flow.Identity);

        Send(bench, target with { Identity = two }, "b", provider.Transport.CallIdOf(0));
        Assert.Equal(["two.example"], provider.Transport.Transport.PeerOf(provider.Transport.Shards[0].Take().Flow)?.Domains);
        Send(bench, target with { Identity = one }, "c", provider.Transport.CallIdOf(0));
        Assert.Equal(["one.example"], provider.Transport.Transport.PeerOf(provider.Transport.Shards[0].Take().Flow)?.Domains);
        Assert.Equal(2, bench.Counters.Opened);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gone")]
    [InlineData("strange")]
    public async Task Without_the_right_one_nothing_is_sent(string which)
    {
        var identities = new TlsIdentities();
        using var strangers = new TestCertificates();
        await using var provider = new TlsBench(ClientCertificatePolicy.Required);
        await using var bench = new TlsBench(adjust: o => o with { Identities = identities });
        var number = which switch
        {
            "none" => 0,
            "gone" => identities.AddNone(),
            _ => identities.Add(Identity(strangers, "one.example", provider.Authority)),
        };
        bench.Transport.Send(0, new SipPacket(
            new SipFlow(SipTransportKind.Tls, default, NetAddress.From(provider.EndPoint)) { Identity = number }, PooledBuffer.Copy(TransportBench.Options("a")), 5, "tandem.example"));

        // TLS 1.3 lets the client believe for a moment that it is in: then the message is lost with the connection.
        if (which != "strange")
            Assert.Equal(5, bench.Transport.Shards[0].Take().FailedTag);
        else
            Assert.Equal([ConnectionCloseReason.HandshakeFailed], provider.Transport.UntilClosed(1));
        Assert.All(provider.Transport.Shards, shard => Assert.Empty(shard.Inputs));
    }

    [Fact]
    public void Texts_that_make_no_identity_say_what_is_wrong()
    {
        using var authority = new TestCertificates();
        using var certificate = authority.Issue("one.example", "dns:one.example");
        using var other = authority.Issue("two.example", "dns:two.example");
        var (pem, key, root) = (certificate.ExportCertificatePem(), KeyOf(certificate), authority.Root.ExportCertificatePem());
        foreach (var (cert, secret, roots, now, problem) in new (string, string, string, DateTimeOffset, string)[]
        {
            (pem, key, "", Now, ""),
            (pem + "\n" + root, key, root, Now, ""),
            ("", "", root, Now, ""),
            (pem, KeyOf(other), "", Now, "clientKey: it does not belong"),
            (pem, "", "", Now, "clientKey: the certificate needs"),
            ("", key, "", Now, "clientKey: there is no clientCertificate"),
            (pem, "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", "", Now, "clientKey: it does not belong"),
            ("no pem", key, "", Now, "clientCertificate: 1 to 16"),
            (pem, key, "no pem", Now, "trustedCertificates: 1 to 16"),
            (pem, key, string.Concat(Enumerable.Repeat(root + "\n", 17)), Now, "trustedCertificates: 1 to 16"),
            (pem, key, "", Now.AddDays(31), "clientCertificate: it expired on"),
            (pem, key, "", Now.AddDays(-2), "clientCertificate: it is not valid before"),
        })
        {
            var made = TlsIdentity.TryCreate(cert, secret, roots, now, out var identity, out var said);
            Assert.StartsWith(problem, said, StringComparison.Ordinal);
            Assert.Equal((problem.Length == 0, problem.Length == 0, problem.Length == 0), (made, identity is not null, said.Length == 0));
        }
    }

    private static void Send(TlsBench bench, SipFlow target, string tag, string callId) =>
        bench.Transport.Send(0, new SipPacket(target, PooledBuffer.Copy(TransportBench.Options(callId)), tag[0], "tandem.example"));

    // The far side's certificate is of its own authority, which the installation does not know.
    private static TlsIdentity Identity(TestCertificates issuer, string name, TestCertificates? trusted = null)
    {
        using var certificate = issuer.Issue(name, "dns:" + name);
        Assert.True(TlsIdentity.TryCreate(
            certificate.ExportCertificatePem(), KeyOf(certificate), (trusted ?? issuer).Root.ExportCertificatePem(), Now, out var identity, out var problem), problem);
        return identity!;
    }

    private static string KeyOf(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
}
