namespace Tandem.Calls.Limits;

/// <summary>Whose use it is.</summary>
/// <param name="Kind">What is used.</param>
/// <param name="Tenant">The tenant; empty for <see cref="UseKind.Profile"/>, whose id is enough.</param>
/// <param name="Profile">The profile; empty for the tenant as a whole.</param>
public readonly record struct UseKey(UseKind Kind, string Tenant, string Profile = "");
