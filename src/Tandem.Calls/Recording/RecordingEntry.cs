using Tandem.Calls.Tenants;
using Tandem.Media.Recording;

namespace Tandem.Calls.Recording;

/// <summary>What is known of a recording besides its sound. Immutable.</summary>
public sealed record RecordingEntry
{
    /// <summary>26 characters, sortable by time.</summary>
    public required string Id { get; init; }

    public required TenantId Tenant { get; init; }

    /// <summary>The call's key; empty when it belongs to none, or nobody knows any more.</summary>
    public required string CallId { get; init; }

    public required string CallerNumber { get; init; }

    public required string CalleeNumber { get; init; }

    public required RecordingFormat Format { get; init; }

    public required RecordingChannels Channels { get; init; }

    /// <summary>The key of the tenant that its file is sealed with.</summary>
    public required Guid KeyId { get; init; }

    /// <summary>Below the folder of recordings.</summary>
    public required string File { get; init; }

    public RecordingState State { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>Size of the file.</summary>
    public long Bytes { get; init; }

    /// <summary>Of the file as it lies there, encrypted; empty while it is being made.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Sound that was lost because the disk was too slow, and is silence.</summary>
    public TimeSpan Dropped { get; init; }

    /// <summary>It is deleted by nobody, however old it is: somebody holds it, as for a court.</summary>
    public bool IsHeld { get; init; }

    /// <summary>When the announcement that the call is recorded had been played; null without one.</summary>
    public DateTimeOffset? ConsentAt { get; init; }

    /// <summary>Why it ended: Stopped, Closed, Limit, Storage, NodeLost; empty while it is being made.</summary>
    public string EndReason { get; init; } = "";
}
