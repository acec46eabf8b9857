using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>Keys by DTLS (RFC 5764).</summary>
/// <param name="IsClient">We send the ClientHello (the peer said <c>a=setup:passive</c>).</param>
/// <param name="Fingerprints">What the peer's certificate must hash to, as <c>a=fingerprint</c> says: any one of them (RFC 8122 §5).</param>
/// <param name="Identity">The <c>tls-id</c> or ufrag and fingerprint by which a new association is told from the one in use (RFC 8842 §4).</param>
public sealed record DtlsPlan(bool IsClient, IReadOnlyList<CertificateFingerprint> Fingerprints, string Identity) : SecurityPlan
{
    /// <summary>Which of our certificates the description named, by its place in <see cref="NegotiationContext.Fingerprints"/>.</summary>
    public int Certificate { get; init; }
}
