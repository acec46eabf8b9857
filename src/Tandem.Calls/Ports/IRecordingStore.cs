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
    /// Entries of all tenants that ended before and may be deleted, oldest first. Not among them: what is being made, what is held, and what a voicemail needs, its greeting and its messages.
    /// </summary>
    Task<IReadOnlyList<RecordingEntry>> OlderAsync(DateTimeOffset before, int limit, CancellationToken cancellation = default);

    /// <summary>Entries of all tenants whose voicemail is gone (<see cref="RecordingState.Abandoned"/>), and that are over and held by nobody.</summary>
    Task<IReadOnlyList<RecordingEntry>> AbandonedAsync(int limit, CancellationToken cancellation = default);

    /// <summary>Removes an entry; false when there was none.</summary>
    Task<bool> DeleteAsync(TenantId tenant, string id, CancellationToken cancellation = default);

    /// <summary>Holds a recording, so that nothing deletes it, or lets it go; false when the tenant has none of that id.</summary>
    Task<bool> HoldAsync(TenantId tenant, string id, bool isHeld, CancellationToken cancellation = default);
}
