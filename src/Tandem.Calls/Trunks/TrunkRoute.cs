using Tandem.Calls.Registrar;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Trunks;

/// <summary>A way to a number of the outside world.</summary>
/// <param name="Profile">By which profile.</param>
/// <param name="Number">Which number.</param>
public sealed record TrunkRoute(SipProfile Profile, DialledNumber Number)
{
    /// <summary>The number that is shown instead of that of the profile; null for that one.</summary>
    public string? CallerId { get; init; }

    /// <summary>No number is shown (RFC 3323).</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Who sent the call on to outside and answers for it; empty for the caller himself.</summary>
    public string ForwardedBy { get; init; } = "";

    // All routes of a call are ways to one phone: one is tried, and the next when that fails (as RFC 5626 §7 has it for flows).
    private const string Instance = "<urn:x-tandem:trunk>";

    /// <summary>The route as a contact that can be rung.</summary>
    /// <param name="target">Where the provider was reached last; nothing when that is not known.</param>
    public Binding ToContact(SipFlow target) => new()
    {
        Tenant = Profile.Tenant,
        Number = "",
        ContactUri = ProfileAddresses.Called(Profile, Profile.IsAddress ? "" : Profile.Numbers.Write(Number)),
        Flow = target,
        Instance = Instance,
        RegisterCallId = "",
        RegisterCSeq = 0,
        ExpiresSeconds = 0,
        RegisteredAt = default,
        ExpiresAt = default,
        LastSeen = default,
        Trunk = this,
    };
}
