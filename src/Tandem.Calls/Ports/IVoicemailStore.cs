using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;

namespace Tandem.Calls.Ports;

/// <summary>Keeps boxes and what is known of their messages; the sound lies in recordings.</summary>
public interface IVoicemailStore
{
    /// <summary>The settings of a box; the defaults where nothing was set.</summary>
    Task<VoiceBox> BoxAsync(TenantId tenant, string number, CancellationToken cancellation = default);

    /// <summary>Writes the hash of a PIN, empty for none; the rest of the box stays as it is. Nothing is written for an extension that is not there.</summary>
    Task SetPinAsync(TenantId tenant, string number, string hash, CancellationToken cancellation = default);

    /// <summary>
    /// Writes the recording that callers hear, empty for none, in the place of <paramref name="replaces"/>; false, and nothing is written, when another is there. Of an extension that is not there
    /// any more the recording is abandoned.
    /// </summary>
    Task<bool> SetGreetingAsync(TenantId tenant, string number, string recording, string replaces, CancellationToken cancellation = default);

    /// <summary>The messages of a box, the oldest first.</summary>
    Task<IReadOnlyList<VoiceMessage>> MessagesAsync(TenantId tenant, string number, CancellationToken cancellation = default);

    /// <summary>One message; null when the box has none such.</summary>
    Task<VoiceMessage?> FindAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default);

    /// <summary>
    /// Adds a message, unless the box holds <paramref name="most"/> already or is not any more that of whom the message is for (<see cref="VoiceMessage.OwnedSince"/>; when that is not known,
    /// that of who had the number when the message was received). A removal at the same time finds the message, or the message finds nobody.
    /// </summary>
    Task<PutOutcome> AddAsync(VoiceMessage message, int most, CancellationToken cancellation = default);

    /// <summary>Marks a message; false when the box has none such.</summary>
    Task<bool> MarkAsync(TenantId tenant, string number, string id, bool isHeard, CancellationToken cancellation = default);

    /// <summary>Removes a message; false when the box has none such.</summary>
    Task<bool> DeleteAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default);

    /// <summary>
    /// Removes messages of all tenants that were received before, the oldest first and at most <paramref name="limit"/>, and abandons their sound; those whose sound is held stay.
    /// </summary>
    /// <returns>Those that were removed.</returns>
    Task<IReadOnlyList<VoiceMessage>> ExpireAsync(DateTimeOffset before, int limit, CancellationToken cancellation = default);

    /// <summary>How many there are, by what a lamp tells (RFC 3842 §3.5).</summary>
    Task<MailboxCounts> CountAsync(TenantId tenant, string number, CancellationToken cancellation = default);
}
