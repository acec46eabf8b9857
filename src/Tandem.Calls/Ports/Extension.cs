using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Media.Srtp;

namespace Tandem.Calls.Ports;

/// <summary>A number that a phone can register.</summary>
/// <param name="Number">Digits, for example <c>100</c>; also the digest user name.</param>
/// <param name="Secret">The digest password.</param>
/// <param name="Algorithms">Digest algorithms in the order of the challenge, for example <c>MD5,SHA-256</c>; empty for the installation's.</param>
/// <param name="Enabled">A disabled extension can neither register nor call.</param>
public sealed record Extension(TenantId Tenant, string Number, Secret Secret, string DisplayName = "", string Algorithms = "", bool Enabled = true)
{
    /// <summary>Whether its media is encrypted; null for the installation's policy.</summary>
    public SrtpPolicy? Srtp { get; init; }

    /// <summary>SDP names of the codecs that it is offered, in their order, separated by commas; empty for the installation's.</summary>
    public string Codecs { get; init; } = "";

    /// <summary>Its calls are recorded from the answer on.</summary>
    public bool IsRecorded { get; init; }
}
