using System.Globalization;
using System.Security.Cryptography;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media.Events;
using Tandem.Media.Recording;

namespace Tandem.Calls.Recording;

/// <summary>The files of recordings: a folder for each tenant and day; what a process left that was killed is finished. Thread-safe.</summary>
internal sealed class RecordingFiles(string folder, IRecordingKeys keys, TimeProvider time, Action<string, Exception?> tell)
{
    private const string Extension = ".rec";

    /// <summary>How a recording ended whose process did.</summary>
    public const string NodeLost = "NodeLost";

    /// <summary>The folder of all.</summary>
    public string Folder => folder;

    /// <summary>Where a new recording lies, below the folder.</summary>
    public static string NameOf(TenantId tenant, DateTimeOffset at, string id) => Path.Combine(FolderOf(tenant), DayOf(at), id + Extension);

    /// <summary>The whole path.</summary>
    public string PathOf(RecordingEntry entry) => Path.Combine(folder, entry.File);

    /// <summary>The file of an entry, opened; null when it is gone or its key is.</summary>
    public RecordingFile? TryOpen(RecordingEntry entry)
    {
        if (keys.Find(entry.Tenant, entry.KeyId) is not { } key)
            return null;

        try
        {
            return RecordingFile.TryOpen(PathOf(entry), key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>True when the file of an entry lies here.</summary>
    public bool Has(RecordingEntry entry) => File.Exists(PathOf(entry));

    /// <summary>Deletes the file of an entry; false when that cannot be.</summary>
    public bool TryDelete(RecordingEntry entry)
    {
        try
        {
            // A file that is gone already, or its day with it, is no problem.
            if (Has(entry))
                File.Delete(PathOf(entry));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            tell($"the recording {entry.Id} cannot be deleted", e);
            return false;
        }
    }

    /// <summary>The entry of a recording that was being made when its process ended, with its length, size and checksum.</summary>
    public RecordingEntry Finish(RecordingEntry entry)
    {
        try
        {
            using var file = TryOpen(entry);
            if (file is not null)
                return Finish(entry, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            tell($"the recording {entry.Id} cannot be finished", e);
        }

        return entry with { State = RecordingState.Failed, EndedAt = entry.StartedAt, EndReason = NodeLost };
    }

    private RecordingEntry Finish(RecordingEntry entry, RecordingFile file)
    {
        file.Verify();
        var path = PathOf(entry);
        if (new FileInfo(path).Length > file.WholeBytes)
        {
            // What a kill left of a chunk is of no use.
            using var tail = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            tail.SetLength(file.WholeBytes);
        }

        using var whole = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return entry with
        {
            State = file.IsComplete ? RecordingState.Complete : file.Samples > 0 ? RecordingState.Recovered : RecordingState.Failed,
            EndedAt = entry.StartedAt + file.Duration,
            Duration = file.Duration,
            Bytes = whole.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(whole)),
            EndReason = file.IsComplete ? nameof(RecordingEnd.Stopped) : NodeLost,
        };
    }

    /// <summary>The files of a tenant of yesterday and today.</summary>
    public List<string> RecentFiles(TenantId tenant)
    {
        var files = new List<string>();
        var now = time.GetUtcNow();
        foreach (var day in new[] { now - TimeSpan.FromDays(1), now })
        {
            var ofDay = Path.Combine(folder, FolderOf(tenant), DayOf(day));
            if (Directory.Exists(ofDay))
                files.AddRange(Directory.EnumerateFiles(ofDay, "*" + Extension));
        }

        return files;
    }

    /// <summary>An entry for a file that has none; null when it cannot be read.</summary>
    public RecordingEntry? Orphan(TenantId tenant, string id, string path)
    {
        if (RecordingFile.KeyOf(path) is not { } keyId || keys.Find(tenant, keyId) is not { } key)
            return null;

        using var file = RecordingFile.TryOpen(path, key);
        return file is null ? null : new RecordingEntry
        {
            Id = id,
            Tenant = tenant,
            CallId = "",
            CallerNumber = "",
            CalleeNumber = "",
            Format = file.Format,
            Channels = file.Channels == 2 ? RecordingChannels.Stereo : RecordingChannels.Mixed,
            KeyId = keyId,
            File = Path.GetRelativePath(folder, path),
            State = RecordingState.Recording,
            StartedAt = file.StartedAt,
        };
    }

    private static string DayOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture);

    // A tenant's key is no path: what is not a letter, a digit, - or _ is escaped, a dot too.
    private static string FolderOf(TenantId tenant) => Uri.EscapeDataString(tenant.Value).Replace(".", "%2E", StringComparison.Ordinal);
}
