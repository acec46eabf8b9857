using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

/// <summary>A transport with a TLS listener on loopback whose certificate can be replaced.</summary>
internal sealed class TlsBench : IAsyncDisposable
{
    private volatile TlsCertificates _current;

    public TlsBench(
        ClientCertificatePolicy policy = ClientCertificatePolicy.None, Func<TlsOptions, TlsOptions>? adjust = null,
        Func<SipTransportOptions, SipTransportOptions>? adjustTransport = null, SourceGuardOptions? guard = null)
    {
        Own = Authority.Issue("tandem.example", "dns:tandem.example", "ip:127.0.0.1");
        _current = Context(Own);
        var tls = new TlsOptions { Certificates = () => _current, ClientCertificates = policy };
        Transport = new TransportBench(
            adjust: o => (adjustTransport ?? (same => same))(o with
            {
                Listeners = [.. o.Listeners, new SipListener(SipTransportKind.Tls, NetAddress.From(IPAddress.Loopback, 0))],
                Tls = adjust is null ? tls : adjust(tls),
            }),
            guard: guard);
        EndPoint = Transport.Transport.Bound.Single(l => l.Transport == SipTransportKind.Tls).Address.ToIPEndPoint();
    }

    public TestCertificates Authority { get; } = new();

    public X509Certificate2 Own { get; }

    public TransportBench Transport { get; }

    public IPEndPoint EndPoint { get; }

    public SipTransportCounters Counters => Transport.Counters;

    /// <summary>Puts another certificate in force.</summary>
    public void Replace(X509Certificate2 certificate) => _current = Context(certificate);

    /// <summary>Puts other roots in force, and the same certificate.</summary>
    public void Trust(TestCertificates authority) => _current = new(SslStreamCertificateContext.Create(Own, [], offline: true), authority.Roots);

    /// <summary>A TLS connection to the listener; throws what the handshake fails of.</summary>
    public TestTls Connect(SslProtocols versions = SslProtocols.Tls12 | SslProtocols.Tls13, X509Certificate2? certificate = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)TransportBench.Patience.TotalMilliseconds };
        socket.Connect(EndPoint);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            stream.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = "tandem.example",
                EnabledSslProtocols = versions,
                ClientCertificates = certificate is null ? null : [certificate],
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { Authority.Root } },
            });
            return new TestTls(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Answers a TLS connection from the transport as a server with this certificate.</summary>
    public TestTls Serve(Socket accepted, X509Certificate2 certificate, bool wantsCertificate = false)
    {
        accepted.ReceiveTimeout = (int)TransportBench.Patience.TotalMilliseconds;
        var stream = new SslStream(new NetworkStream(accepted, ownsSocket: true));
        try
        {
            stream.AuthenticateAsServer(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = wantsCertificate,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            });
            return new TestTls(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        TransportBench.Until(() => Transport.Transport.Handshakes == 0, "no handshake is left");
        Authority.Dispose();
        Own.Dispose();
    }

    private TlsCertificates Context(X509Certificate2 certificate) =>
        new(SslStreamCertificateContext.Create(certificate, [], offline: true), Authority.Roots);
}
