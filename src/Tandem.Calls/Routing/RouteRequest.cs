using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Routing;

/// <summary>Who calls whom: what a plan is made for.</summary>
/// <param name="Tenant">The tenant of the caller, or of the profile that the call comes by.</param>
/// <param name="Caller">The authenticated extension, or the number that a provider shows; never what From of a phone claims.</param>
/// <param name="Called">The number that was dialled; empty when <paramref name="To"/> says where the call goes.</param>
internal readonly record struct RouteRequest(TenantId Tenant, string Caller, string Called)
{
    /// <summary>A destination that somebody chose: no rule is asked, only what belongs to the destination itself.</summary>
    public Destination? To { get; init; }

    /// <summary>The extension of <see cref="Called"/>, where who asks has looked already.</summary>
    public Extension? Callee { get; init; }

    /// <summary>The profile that the call comes by; null for a call of a phone.</summary>
    public SipProfile? From { get; init; }

    /// <summary>The number of the tenant that a provider's call is for: rules of its context look at that one. Empty for a call of a phone.</summary>
    public string Did { get; init; } = "";

    /// <summary>Header fields for rules, instead of those of <see cref="Invite"/>; null for those.</summary>
    public Func<string, IReadOnlyList<string>>? Headers { get; init; }

    /// <summary>The Request-URI is sips: every hop must be TLS (RFC 5630 §5.3).</summary>
    public bool IsSips { get; init; }

    /// <summary>The INVITE, for rules that look at headers; null for none.</summary>
    public SipMessage? Invite { get; init; }
}
