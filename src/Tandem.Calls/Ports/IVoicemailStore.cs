using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;

namespace Tandem.Calls.Ports;

/// <summary>Keeps boxes and what is known of their messages; the sound lies in recordings.</summary>
public interface IVoicemailStore
{
    /// <summary>The settings of a box; the defaults where nothing was set.</summary>
    Task<VoiceBox> BoxAsync(TenantId tenant, string number, CancellationToken cancellation = default);

    /// <summary>Writes the settings of a box.</summary>
    Task SaveAsync(VoiceBox box, CancellationToken cancellation = default);

    /// <summary>The messages of a box, the oldest first.</summary>
    Task<IReadOnlyList<VoiceMessage>> MessagesAsync(TenantId tenant, string number, CancellationToken cancellation = default);

    /// <summary>One message; null when the box has none such.</summary>
    Task<VoiceMessage?> FindAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default);

    /// <summary>Adds a message. False when the box holds <paramref name="most"/> already.</summary>
    Task<bool> AddAsync(VoiceMessage message, int most, CancellationToken cancellation = default);

    /// <summary>Marks a message; false when the box has none such.</summary>
    Task<bool> MarkAsync(TenantId tenant, string number, string id, bool isHeard, CancellationToken cancellation = default);

    /// <summary>Removes a message; false when the box has none such.</summary>
    Task<bool> DeleteAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default);

    /// <summary>How many there are, by what a lamp tells (RFC 3842 §3.5).</summary>
    Task<MailboxCounts> CountAsync(TenantId tenant, string number, CancellationToken cancellation = default);
}
