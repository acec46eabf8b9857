using Tandem.Calls.Tenants;

namespace Tandem.Calls.Security.Toll;

/// <summary>A call that is about to leave the exchange, and to be paid for.</summary>
/// <param name="Tenant">Who pays.</param>
/// <param name="Profile">The profile that it would go through.</param>
/// <param name="Caller">The number of the tenant that makes or forwards it; for the event.</param>
/// <param name="Number">Where it goes, in E.164 with the plus sign: <c>+442079460000</c>. Anything else is refused.</param>
/// <param name="OwnNumber">A number of the profile in E.164: its country is home. Empty when it has none.</param>
/// <param name="IsForwarded">A transfer or a forward made it: it counts all the same.</param>
/// <param name="ShortCode">What was dialled, where it is a short code and goes out as it is: <c>112</c>. Empty for any other number.</param>
public readonly record struct TollCall(
    TenantId Tenant, string Profile, string Caller, string Number, string OwnNumber = "", bool IsForwarded = false, string ShortCode = "")
{
    /// <summary>It goes to a SIP address without a provider: no country and no price, but the limits and hours of the tenant.</summary>
    public bool IsAddress { get; init; }
}
