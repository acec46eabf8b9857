using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ports;

/// <summary>Keeps what is known of recordings.</summary>
public interface IRecordingStore
{
    /// <summary>Writes an entry anew or over the one with its id.</summary>
    Task SaveAsync(RecordingEntry entry, CancellationToken cancellation = default);

    /// <summary>One entry, or null.</summary>
    Task<RecordingEntry?> FindAsync(TenantId tenant, string id, CancellationToken cancellation = default);

    /// <summary>Entries of a tenant, newest first.</summary>
    Task<IReadOnlyList<RecordingEntry>> ListAsync(TenantId tenant, RecordingFilter filter, CancellationToken cancellation = default);

    /// <summary>Entries of all tenants that are being made, or were when a process ended.</summary>
    Task<IReadOnlyList<RecordingEntry>> UnfinishedAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Entries of all tenants that ended before and may be deleted, oldest first (by start, then id). Not among them: what is being made, what is held, and what a voicemail needs, its greeting and its messages.
    /// </summary>
    /// <param name="before">When they had ended.</param>
    /// <param name="limit">At most as many.</param>
    /// <param name="after">The last of the page before; null for the first page.</param>
    /// <param name="cancellation">Ends the question.</param>
    Task<IReadOnlyList<RecordingEntry>> OlderAsync(DateTimeOffset before, int limit, RecordingEntry? after = null, CancellationToken cancellation = default);

    /// <summary>Entries of all tenants whose voicemail is gone (<see cref="RecordingState.Abandoned"/>), and that are over and held by nobody; in the same order and pages.</summary>
    Task<IReadOnlyList<RecordingEntry>> AbandonedAsync(int limit, RecordingEntry? after = null, CancellationToken cancellation = default);

    /// <summary>Makes an entry that is over and not held <see cref="RecordingState.Abandoned"/>; false when there is none like that.</summary>
    Task<bool> AbandonAsync(TenantId tenant, string id, CancellationToken cancellation = default);

    /// <summary>Removes an entry; false when there was none.</summary>
    Task<bool> DeleteAsync(TenantId tenant, string id, CancellationToken cancellation = default);

    /// <summary>Holds a recording, so that nothing deletes it, or lets it go; false when the tenant has none of that id.</summary>
    Task<bool> HoldAsync(TenantId tenant, string id, bool isHeld, CancellationToken cancellation = default);
}
