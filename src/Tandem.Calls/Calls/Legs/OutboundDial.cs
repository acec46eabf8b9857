using Tandem.Calls.Registrar;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Legs;

/// <summary>What an INVITE to one contact says.</summary>
/// <param name="Contact">The contact: Request-URI, flow and Path.</param>
/// <param name="From">The From value without tag: the authenticated caller, or anonymous.</param>
/// <param name="To">The To value.</param>
/// <param name="AssertedIdentity">P-Asserted-Identity (RFC 3325); empty when the caller wants privacy.</param>
/// <param name="CallerNumber">The user part of our Contact; empty when the caller wants privacy.</param>
/// <param name="MaxForwards">One less than the caller's.</param>
internal sealed record OutboundDial(
    Binding Contact, string From, string To, string AssertedIdentity, string CallerNumber, int MaxForwards)
{
    /// <summary>
    /// What else the INVITE says: what passes from the caller's INVITE, Referred-By and Replaces of a transfer, the way that the call took
    /// (<see cref="Headers.CallHistory"/>).
    /// </summary>
    public IReadOnlyList<(HeaderName Name, string Value)> Headers { get; init; } = [];

    /// <summary>The call is for a sips: URI: so is the Request-URI, and our Contact.</summary>
    public bool IsSips { get; init; }
}
