using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tandem.Sip.Transport;

/// <summary>What connections to one far side show and trust instead of <see cref="TlsCertificates"/>: a client certificate, roots, or both. Immutable.</summary>
public sealed class TlsIdentity
{
    private const int MostCertificates = 16;

    private TlsIdentity(X509Certificate2? certificate, SslStreamCertificateContext? own, X509Certificate2Collection? trusted)
    {
        Certificate = certificate;
        Own = own;
        Trusted = trusted;
    }

    /// <summary>The client certificate; null when only the roots are other ones.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>The same with its key and chain.</summary>
    internal SslStreamCertificateContext? Own { get; }

    /// <summary>The roots that the far side's certificate must lead to; null for those of the installation.</summary>
    internal X509Certificate2Collection? Trusted { get; }

    /// <summary>Makes an identity out of PEM texts.</summary>
    /// <param name="certificates">The client certificate and then its chain; empty for none.</param>
    /// <param name="key">Its private key (PKCS #8, PKCS #1 or SEC 1, not encrypted); empty for none.</param>
    /// <param name="roots">What the far side's certificate must lead to; empty for the installation's roots.</param>
    /// <param name="now">The time, UTC, at which it has to be valid; null for whenever: the far side judges then.</param>
    /// <param name="identity">The identity; null when false is returned.</param>
    /// <param name="problem">What is wrong, as <c>clientCertificate: …</c>, <c>clientKey: …</c> or <c>trustedCertificates: …</c>; empty when nothing is.</param>
    public static bool TryCreate(string certificates, string key, string roots, DateTimeOffset? now, out TlsIdentity? identity, out string problem)
    {
        identity = null;
        problem = "";
        if (certificates.Length == 0 && key.Length > 0)
            problem = "clientKey: there is no clientCertificate that it could belong to";
        else if (certificates.Length > 0 && key.Length == 0)
            problem = "clientKey: the certificate needs its private key";
        else if (!TryRead(roots, out var trusted) || (roots.Length > 0 && trusted.Count == 0))
            problem = $"trustedCertificates: 1 to {MostCertificates} certificates in PEM, or nothing";
        else if (!TryRead(certificates, out var chain) || (certificates.Length > 0 && chain.Count == 0))
            problem = $"clientCertificate: 1 to {MostCertificates} certificates in PEM, our own one first, or nothing";
        else if (chain.Count == 0)
            identity = new TlsIdentity(null, null, trusted.Count > 0 ? trusted : null);
        else if (now is { } time && time >= chain[0].NotAfter.ToUniversalTime())
            problem = $"clientCertificate: it expired on {chain[0].NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC";
        else if (now is { } early && early < chain[0].NotBefore.ToUniversalTime())
            problem = $"clientCertificate: it is not valid before {chain[0].NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC";
        else
            identity = Join(certificates, key, chain, trusted, out problem);
        return identity is not null;
    }

    private static TlsIdentity? Join(string certificates, string key, X509Certificate2Collection chain, X509Certificate2Collection trusted, out string problem)
    {
        problem = "clientKey: it does not belong to the certificate, or is no private key in PEM without a passphrase";
        try
        {
            // The certificate itself is the first of the text.
            var own = X509Certificate2.CreateFromPem(certificates, key);
            chain.RemoveAt(0);
            problem = "";
            return new TlsIdentity(own, SslStreamCertificateContext.Create(own, chain, offline: true), trusted.Count > 0 ? trusted : null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static bool TryRead(string pem, out X509Certificate2Collection certificates)
    {
        certificates = [];
        try
        {
            if (pem.Length > 0)
                certificates.ImportFromPem(pem);
            return certificates.Count <= MostCertificates;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
