using Tandem.Calls.Tenants;

namespace Tandem.Calls.Voicemail;

/// <summary>A message in somebody's voicemail. Its sound is the recording with its id.</summary>
/// <param name="Id">26 characters, sortable by time: the id of the recording too.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Number">The extension for which it was left.</param>
/// <param name="Caller">Who left it; empty when he wants to stay unknown.</param>
/// <param name="CallId">In which call.</param>
/// <param name="ReceivedAt">When, UTC.</param>
/// <param name="Duration">How long it is.</param>
/// <param name="IsHeard">It was listened to.</param>
/// <param name="IsUrgent">Whoever left it marked it so.</param>
public sealed record VoiceMessage(
    string Id, TenantId Tenant, string Number, string Caller, string CallId, DateTimeOffset ReceivedAt, TimeSpan Duration, bool IsHeard = false, bool IsUrgent = false)
{
    /// <summary><see cref="VoiceBox.OwnedSince"/> as the caller came to the box; null when the database was away then, and for messages that are in their boxes.</summary>
    public DateTimeOffset? OwnedSince { get; init; }
}
