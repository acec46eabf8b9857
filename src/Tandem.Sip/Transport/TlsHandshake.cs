using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tandem.Core.Net;

namespace Tandem.Sip.Transport;

/// <summary>Makes a TLS stream out of a socket's stream, in either role, and says who the peer is (RFC 3261 §26.3, RFC 5922).</summary>
internal sealed class TlsHandshake(TlsOptions options)
{
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Whether there are certificates to work with.</summary>
    public bool IsPossible => options.Certificates is not null;

    /// <summary>Whether a connection with an identity of its own may be opened; for 0 as <see cref="IsPossible"/>.</summary>
    public bool Has(int identity) => identity == 0 ? IsPossible : options.Identities?.Find(identity) is not null;

    /// <summary>
    /// The server's side. The peer is null when it showed no certificate, or none that the listener asked for and that was verified; what it showed is there whether it was verified or not.
    /// <c>IsAsked</c>: it could have shown one.
    /// </summary>
    /// <exception cref="AuthenticationException">The peer is refused, or refuses us.</exception>
    public async Task<(TlsPeer? Peer, ShownCertificate? Shown, bool IsAsked)> AcceptAsync(SslStream stream, ClientCertificatePolicy policy)
    {
        var certificates = Certificates();
        var wants = policy != ClientCertificatePolicy.Required && options.WantsProof?.Invoke() == true;
        var asks = wants || policy != ClientCertificatePolicy.None;
        TlsPeer? peer = null;
        ShownCertificate? known = null;
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.Own,
            EnabledSslProtocols = Versions,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            AllowRenegotiation = false,

            // A session that goes on has the certificate of its client, and not what leads from there to a root.
            AllowTlsResume = !asks,
            ClientCertificateRequired = asks,
            CertificateChainPolicy = asks ? ChainPolicy(certificates.Trusted) : null,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (certificate is not X509Certificate2 shown)
                    return policy != ClientCertificatePolicy.Required;

                known = ShownCertificate.Of(shown, chain);
                var isVerified = (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
                if (isVerified && policy != ClientCertificatePolicy.None)
                    peer = TlsPeer.Of(shown);
                return isVerified || wants;
            },
        }).ConfigureAwait(false);
        return (peer, known, asks);
    }

    /// <summary>
    /// The client's side. The certificate of the server must be for <paramref name="serverName"/>, the domain that led to it, or
    /// for its address when that is null. Our own certificate is shown when the server asks for one.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="serverName">The domain; null for the address.</param>
    /// <param name="remote">The address.</param>
    /// <param name="identity">What is shown and trusted instead; 0 for what the installation does.</param>
    /// <exception cref="AuthenticationException">The server is not who it should be, or refuses us.</exception>
    public async Task<(TlsPeer Peer, ShownCertificate? Shown)> ConnectAsync(SslStream stream, string? serverName, NetAddress remote, int identity)
    {
        var special = identity == 0 ? null : options.Identities?.Find(identity) ?? throw new AuthenticationException("the certificate for this connection is gone, or cannot be read");
        var certificates = special is null || options.Certificates is not null ? Certificates() : null;
        TlsPeer? peer = null;
        ShownCertificate? known = null;
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            // An address is no server_name (RFC 6066 §3); the stream leaves it out by itself.
            TargetHost = serverName ?? remote.HostText(),
            ClientCertificateContext = special?.Own ?? certificates?.Own,
            EnabledSslProtocols = Versions,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            AllowRenegotiation = false,
            CertificateChainPolicy = ChainPolicy(special?.Trusted ?? certificates?.Trusted),

            // The stream's own check of the name knows wildcards and no SIP URI: ours goes instead.
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (certificate is X509Certificate2 shown)
                    (peer, known) = (TlsPeer.Of(shown), ShownCertificate.Of(shown, chain));
                if (!options.VerifyPeers)
                    return true;

                return peer is not null && (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None && peer.IsFor(serverName, remote);
            },
        }).ConfigureAwait(false);
        return peer is null ? throw new AuthenticationException("the server showed no certificate") : (peer, known);
    }

    /// <summary>How certificates are verified.</summary>
    /// <param name="trusted">The roots; null for those of the system.</param>
    internal static X509ChainPolicy ChainPolicy(X509Certificate2Collection? trusted)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,

            // A handshake waits for nobody's web server.
            DisableCertificateDownloads = true,
        };
        if (trusted is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(trusted);
        }

        return policy;
    }

    private TlsCertificates Certificates() =>
        options.Certificates?.Invoke() ?? throw new AuthenticationException("there is no certificate: TLS is not set up");
}
