using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;

namespace Tandem.Calls.Ports;

/// <summary>Keeps boxes and what is known of their messages; the sound lies in recordings.</summary>
public interface IVoicemailStore
{
    /// <summary>The settings of a box; the defaults where nothing was set.</summary>
    Task<VoiceBox> BoxAsync(TenantId tenant, string number, CancellationToken cancellation = default);

    /// <summary>Writes the hash of a PIN, empty for none; the rest of the box stays as it is.</summary>
    Task SetPinAsync(TenantId tenant, string number, string hash, CancellationToken cancellation = default);

    /// <summary>Writes the recording that callers hear, empty for none, in the place of <paramref name="replaces"/>; false, and nothing is written, when another is there.</summary>
    Task<bool> SetGreetingAsync(TenantId tenant, string number, string recording, string replaces, CancellationToken cancellation = default);

    /// <summary>The messages of a box, the oldest first.</summary>
    Task<IReadOnlyList<VoiceMessage>> MessagesAsync(TenantId tenant, string number, CancellationToken cancellation = default);

    /// <summary>One message; null when the box has none such.</summary>
    Task<VoiceMessage?> FindAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default);

    /// <summary>Adds a message. False when the box holds <paramref name="most"/> already.</summary>
    Task<bool> AddAsync(VoiceMessage message, int most, CancellationToken cancellation = default);

    /// <summary>True when whose box it was as the message was left has it still: the extension and its tenant are there, and the number was not given to somebody else since.</summary>
    Task<bool> HasOwnerAsync(VoiceMessage message, CancellationToken cancellation = default);

    /// <summary>Marks a message; false when the box has none such.</summary>
    Task<bool> MarkAsync(TenantId tenant, string number, string id, bool isHeard, CancellationToken cancellation = default);

    /// <summary>Removes a message; false when the box has none such.</summary>
    Task<bool> DeleteAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default);

    /// <summary>How many there are, by what a lamp tells (RFC 3842 §3.5).</summary>
    Task<MailboxCounts> CountAsync(TenantId tenant, string number, CancellationToken cancellation = default);
}
