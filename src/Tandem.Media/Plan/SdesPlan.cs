using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>Keys by SDP (RFC 4568).</summary>
/// <param name="Profile">The crypto suite, the same in both directions.</param>
/// <param name="Inbound">The peer's key: it protects what comes.</param>
/// <param name="Outbound">Our key: it protects what we send.</param>
public sealed record SdesPlan(SrtpProfile Profile, SrtpKey Inbound, SrtpKey Outbound) : SecurityPlan
{
    public override string ToString() => Profile.ToString();
}
