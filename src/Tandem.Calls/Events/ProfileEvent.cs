using Tandem.Calls.Trunks;

namespace Tandem.Calls.Events;

/// <summary>A SIP profile stands differently with its provider than before.</summary>
/// <param name="State">How it stands now.</param>
/// <param name="Name">The name of the profile, for people.</param>
public sealed record ProfileEvent(Tenants.TenantId Tenant, ProfileState State, string Name, DateTimeOffset At)
    : ExchangeEvent(Tenant, At);
