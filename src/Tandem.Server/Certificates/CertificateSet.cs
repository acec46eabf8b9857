using System.Security.Cryptography.X509Certificates;
using Tandem.Sip.Transport;

namespace Tandem.Server.Certificates;

/// <summary>The certificates as they were read from their files at one moment. Immutable.</summary>
public sealed record CertificateSet
{
    /// <summary>What the transports use.</summary>
    public required TlsCertificates Tls { get; init; }

    /// <summary>Our own certificate.</summary>
    public required X509Certificate2 Leaf { get; init; }

    /// <summary>A hash of the files' content; another one means that they were changed.</summary>
    public required string Version { get; init; }

    /// <summary>True when the certificate is signed by itself: nobody trusts it who was not told to.</summary>
    public required bool IsSelfSigned { get; init; }

    /// <summary>The end of its validity, UTC.</summary>
    public DateTimeOffset NotAfter => new(Leaf.NotAfter.ToUniversalTime());

    /// <summary>What people compare: SHA-256 over the certificate, as <c>AB:CD:…</c>.</summary>
    public string Fingerprint =>
        string.Join(':', Leaf.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256).Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
}
