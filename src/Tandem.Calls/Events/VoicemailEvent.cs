using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;

namespace Tandem.Calls.Events;

/// <summary>Something happened to a message of a voicemail.</summary>
/// <param name="Message">The message right after it, or before when it is gone.</param>
/// <param name="Change">What.</param>
public sealed record VoicemailEvent(TenantId Tenant, VoiceMessage Message, VoicemailChange Change, DateTimeOffset At) : ExchangeEvent(Tenant, At);
