using Tandem.Calls.Events;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Security.Toll;

/// <summary>A call to outside was refused, or the way out was blocked.</summary>
/// <param name="Profile">The profile that it would have gone through.</param>
/// <param name="Caller">Who called or forwarded.</param>
/// <param name="Number">Where it would have gone.</param>
/// <param name="Rule">What it met.</param>
/// <param name="Text">For people: what was refused, and how to lift it.</param>
/// <param name="Block">The block that it began; null where only this call was refused.</param>
public sealed record TollTripped(TenantId Tenant, string Profile, string Caller, string Number, TollRule Rule, string Text, TollBlock? Block, DateTimeOffset At)
    : ExchangeEvent(Tenant, At)
{
    // Numbers are personal, and events are logged.
    public override string ToString() => $"TollTripped {{ {Tenant}, {Profile}, {Rule} }}";
}
