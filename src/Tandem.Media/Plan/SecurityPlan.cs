using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>How the packets of one transport are secured; null in a plan means plain RTP. Immutable.</summary>
public abstract record SecurityPlan;

/// <summary>Keys by SDP (RFC 4568).</summary>
/// <param name="Profile">The crypto suite, the same in both directions.</param>
/// <param name="Inbound">The peer's key: it protects what comes.</param>
/// <param name="Outbound">Our key: it protects what we send.</param>
public sealed record SdesPlan(SrtpProfile Profile, SrtpKey Inbound, SrtpKey Outbound) : SecurityPlan
{
    public override string ToString() => Profile.ToString();
}

/// <summary>Keys by DTLS (RFC 5764).</summary>
/// <param name="IsClient">We send the ClientHello (the peer said <c>a=setup:passive</c>).</param>
/// <param name="Fingerprints">What the peer's certificate must hash to, as <c>a=fingerprint</c> says: any one of them (RFC 8122 §5).</param>
/// <param name="Identity">The <c>tls-id</c> or ufrag and fingerprint by which a new association is told from the one in use (RFC 8842 §4).</param>
public sealed record DtlsPlan(bool IsClient, IReadOnlyList<CertificateFingerprint> Fingerprints, string Identity) : SecurityPlan;
