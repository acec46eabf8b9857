using Tandem.Calls.Tenants;

namespace Tandem.Calls.Trunks;

/// <summary>A number of a tenant in the outside world (DID), and where its calls go.</summary>
/// <param name="Number">E.164 with <c>+</c>; or what the provider writes where that is no such number, for example the name of the account.</param>
/// <param name="Profile">Where its calls come in; null for any profile of the tenant.</param>
/// <param name="Target">An extension, or a service number of the exchange.</param>
/// <param name="Label">For people.</param>
public sealed record ProfileNumber(TenantId Tenant, string Number, ProfileId? Profile, string Target, string Label = "");
