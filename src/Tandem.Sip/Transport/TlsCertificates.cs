using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Tandem.Sip.Transport;

/// <summary>What TLS shows and trusts, as it is in force at one moment. Immutable; a replacement is a new instance.</summary>
/// <param name="own">Our certificate with its key and chain. Handshakes of one instance share their session tickets.</param>
/// <param name="trusted">The roots that a peer's certificate must lead to; null for those of the system.</param>
public sealed class TlsCertificates(SslStreamCertificateContext own, X509Certificate2Collection? trusted = null)
{
    /// <summary>Our certificate with its key and chain.</summary>
    public SslStreamCertificateContext Own => own;

    /// <summary>The roots that a peer's certificate must lead to; null for those of the system.</summary>
    public X509Certificate2Collection? Trusted => trusted;
}
