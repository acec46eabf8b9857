using Tandem.Calls.Ports;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Security;

/// <summary>Who sent a request, or what to answer.</summary>
/// <param name="Kind">What came of it.</param>
/// <param name="Extension">The sender; null unless <see cref="AuthenticationKind.Authenticated"/>.</param>
/// <param name="Response">What to answer; null when the request may go on.</param>
public readonly record struct AuthenticationOutcome(AuthenticationKind Kind, Extension? Extension, SipWriter? Response)
{
    /// <summary>True when the request may go on.</summary>
    public bool MayProceed => Response is null;
}
