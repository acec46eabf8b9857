using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Media.Recording;
using Tandem.Storage.Database;

namespace Tandem.Storage.Recordings;

/// <summary>A row of <c>recordings</c>.</summary>
internal sealed class RecordingRow
{
    public string RecordingId { get; set; } = "";

    public string TenantId { get; set; } = "";

    public string CallId { get; set; } = "";

    public string CallerNumber { get; set; } = "";

    public string CalleeNumber { get; set; } = "";

    public string Format { get; set; } = "";

    public string Channels { get; set; } = "";

    public string KeyId { get; set; } = "";

    public string File { get; set; } = "";

    public string State { get; set; } = "";

    public long StartedAt { get; set; }

    public long? EndedAt { get; set; }

    public long DurationMs { get; set; }

    public long Bytes { get; set; }

    public string Sha256 { get; set; } = "";

    public long DroppedMs { get; set; }

    public string EndReason { get; set; } = "";

    public long Held { get; set; }

    public long? ConsentAt { get; set; }

    public static RecordingRow From(RecordingEntry entry) => new()
    {
        RecordingId = entry.Id,
        TenantId = entry.Tenant.Value,
        CallId = entry.CallId,
        CallerNumber = StoredText.Clean(entry.CallerNumber),
        CalleeNumber = StoredText.Clean(entry.CalleeNumber),
        Format = entry.Format.ToString(),
        Channels = entry.Channels.ToString(),
        KeyId = entry.KeyId.ToString(),
        File = entry.File,
        State = entry.State.ToString(),
        StartedAt = entry.StartedAt.ToStored(),
        EndedAt = entry.EndedAt.ToStored(),
        DurationMs = (long)entry.Duration.TotalMilliseconds,
        Bytes = entry.Bytes,
        Sha256 = entry.Sha256,
        DroppedMs = (long)entry.Dropped.TotalMilliseconds,
        EndReason = entry.EndReason,
        Held = entry.IsHeld ? 1 : 0,
        ConsentAt = entry.ConsentAt.ToStored(),
    };

    public RecordingEntry ToEntry() => new()
    {
        Id = RecordingId,
        Tenant = new TenantId(TenantId),
        CallId = CallId,
        CallerNumber = CallerNumber,
        CalleeNumber = CalleeNumber,
        Format = Enum.Parse<RecordingFormat>(Format),
        Channels = Enum.Parse<RecordingChannels>(Channels),
        KeyId = Guid.Parse(KeyId),
        File = File,
        State = Enum.Parse<RecordingState>(State),
        StartedAt = StartedAt.ToTime(),
        EndedAt = EndedAt.ToTime(),
        Duration = TimeSpan.FromMilliseconds(DurationMs),
        Bytes = Bytes,
        Sha256 = Sha256,
        Dropped = TimeSpan.FromMilliseconds(DroppedMs),
        EndReason = EndReason,
        IsHeld = Held != 0,
        ConsentAt = ConsentAt.ToTime(),
    };
}
