using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media.Events;
using Tandem.Media.Recording;

namespace Tandem.Calls.Recording;

/// <summary>
/// Keeps recordings and what is known of them together: files in a folder for each tenant and day, entries in the store. The store may be
/// away: entries wait, and no recording waits for them. Thread-safe.
/// </summary>
public sealed class RecordingKeeper : IRecordingService, IAsyncDisposable
{
    private const string Extension = ".rec";
    private const string NodeLost = "NodeLost";
    private const int PruneBatch = 100;

    // Rows refused one after the other until it is taken that the store is away, and not that it dislikes these.
    private const int RefusalsInARow = 3;

    private readonly RecordingEngine _engine;
    private readonly IRecordingStore _store;
    private readonly IRecordingKeys _keys;
    private readonly RecordingSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception?> _fault;
    private readonly string _folder;
    private readonly Channel<RecordingEntry> _rows;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _saving;
    private readonly Task _pruning;
    private int _followed;
    private int _untold;
    private bool _isDisposed;

    /// <param name="engine">Writes the files.</param>
    /// <param name="store">Keeps the entries.</param>
    /// <param name="keys">The tenants' keys.</param>
    /// <param name="settings">Where and how long.</param>
    /// <param name="dataDirectory">DATA_DIR.</param>
    /// <param name="time">The clock.</param>
    /// <param name="fault">Told what went wrong, for the log.</param>
    public RecordingKeeper(
        RecordingEngine engine, IRecordingStore store, IRecordingKeys keys, RecordingSettings settings, string dataDirectory, TimeProvider time, Action<string, Exception?> fault)
    {
        _engine = engine;
        _store = store;
        _keys = keys;
        _settings = settings;
        _time = time;
        _fault = fault;
        _folder = Path.GetFullPath(settings.Folder.Length > 0 ? settings.Folder : Path.Combine(dataDirectory, "recordings"));
        _rows = Channel.CreateBounded<RecordingEntry>(new BoundedChannelOptions(settings.WaitingRows) { SingleReader = true });
        _saving = Task.Run(SaveAsync);
        _pruning = Task.Run(PruneAsync);
    }

    /// <summary>The thread that writes, for its counts.</summary>
    public RecordingEngine Engine => _engine;

    /// <summary>Faults that could not be told, because who is told threw.</summary>
    public int UntoldFaults => Volatile.Read(ref _untold);

    /// <summary>The folder.</summary>
    public string Folder => _folder;

    /// <inheritdoc/>
    public Recorder? TryStart(RecordingOrder order, out string problem)
    {
        if (_keys.Current(order.Tenant) is not { } key)
        {
            problem = "the tenant has no key for recordings";
            return null;
        }

        var now = _time.GetUtcNow();
        var id = CallId.New(now, Random.Shared).Value;
        var entry = new RecordingEntry
        {
            Id = id,
            Tenant = order.Tenant,
            CallId = order.Call?.Value ?? "",
            CallerNumber = order.CallerNumber,
            CalleeNumber = order.CalleeNumber,
            Format = order.Format ?? _settings.Format,
            Channels = order.Channels,
            KeyId = key.Id,
            File = Path.Combine(FolderOf(order.Tenant), DayOf(now), id + Extension),
            State = RecordingState.Recording,
            StartedAt = now,
        };
        var recorder = _engine.TryStart(new RecordingRequest(id, PathOf(entry), key, entry.Format, entry.Channels, now), out problem);
        if (recorder is null)
            return null;

        Enqueue(entry);
        _ = FollowAsync(recorder, entry);
        return recorder;
    }

    /// <summary>The file of an entry, opened; null when it is gone or its key is.</summary>
    public RecordingFile? TryOpen(RecordingEntry entry)
    {
        if (_keys.Find(entry.Tenant, entry.KeyId) is not { } key)
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

    /// <summary>Deletes a recording that is over, its file first; false when the file cannot be deleted, or somebody holds it.</summary>
    public async Task<bool> DeleteAsync(RecordingEntry entry, CancellationToken cancellation = default)
    {
        // Asked once more: it may be held since the entry was read.
        if (entry.IsHeld || await _store.FindAsync(entry.Tenant, entry.Id, cancellation) is { IsHeld: true })
            return false;

        try
        {
            // A file that is gone already, or its day with it, is no problem.
            if (File.Exists(PathOf(entry)))
                File.Delete(PathOf(entry));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell($"the recording {entry.Id} cannot be deleted", e);
            return false;
        }

        await _store.DeleteAsync(entry.Tenant, entry.Id, cancellation);
        return true;
    }

    /// <summary>
    /// Finishes what a former process left: recordings that were being made get their length, size and checksum, files of yesterday and
    /// today without an entry get one. Before the first call.
    /// </summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RecoverAsync(IEnumerable<TenantId> tenants, CancellationToken cancellation = default)
    {
        var count = 0;
        foreach (var entry in await _store.UnfinishedAsync(cancellation))
        {
            await _store.SaveAsync(Finish(entry), cancellation);
            count++;
        }

        foreach (var tenant in tenants)
        {
            foreach (var path in RecentFiles(tenant))
            {
                var id = Path.GetFileNameWithoutExtension(path);
                if (await _store.FindAsync(tenant, id, cancellation) is not null || Orphan(tenant, id, path) is not { } entry)
                    continue;

                await _store.SaveAsync(Finish(entry), cancellation);
                count++;
            }
        }

        return count;
    }

    /// <summary>Deletes what is older than the retention; returns how many there were.</summary>
    public async Task<int> DeleteOldAsync(CancellationToken cancellation = default)
    {
        if (_settings.Retention <= TimeSpan.Zero)
            return 0;

        var count = 0;
        var before = _time.GetUtcNow() - _settings.Retention;
        while (true)
        {
            var old = await _store.OlderAsync(before, PruneBatch, cancellation);
            var deleted = 0;
            foreach (var entry in old)
            {
                if (await DeleteAsync(entry, cancellation))
                    deleted++;
            }

            count += deleted;
            if (old.Count < PruneBatch || deleted == 0)
                return count;
        }
    }

    /// <summary>Ends the recordings that are being made and writes their entries, as long as the store takes them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;

        _engine.Dispose();

        // The last summaries reach the queue by their own tasks.
        while (Volatile.Read(ref _followed) > 0)
            await Task.Yield();
        _rows.Writer.TryComplete();
        try
        {
            await _saving.WaitAsync(TimeSpan.FromSeconds(5), _time);
        }
        catch (TimeoutException)
        {
            Tell("the store did not take the last recordings; they are listed after the next start", null);
        }

        await _stop.CancelAsync();
        await Task.WhenAll(_saving, _pruning);
        _stop.Dispose();
    }

    private static string DayOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture);

    // A tenant's key is no path: what is not a letter, a digit, - or _ is escaped, a dot too.
    private static string FolderOf(TenantId tenant) => Uri.EscapeDataString(tenant.Value).Replace(".", "%2E", StringComparison.Ordinal);

    private string PathOf(RecordingEntry entry) => Path.Combine(_folder, entry.File);

    private async Task FollowAsync(Recorder recorder, RecordingEntry entry)
    {
        Interlocked.Increment(ref _followed);
        try
        {
            var summary = await recorder.Completion;
            Enqueue(entry with
            {
                State = summary.Bytes == 0 ? RecordingState.Failed : summary.Reason == RecordingEnd.Storage ? RecordingState.Recovered : RecordingState.Complete,
                EndedAt = _time.GetUtcNow(),
                Duration = summary.Duration,
                Bytes = summary.Bytes,
                Sha256 = summary.Sha256,
                Dropped = summary.Dropped,
                EndReason = summary.Reason.ToString(),
            });
            if (summary.Error.Length > 0)
                Tell($"the recording {entry.Id} ended: {summary.Error}", null);
        }
        finally
        {
            Interlocked.Decrement(ref _followed);
        }
    }

    // A log that fails ends neither a recording nor the loop that writes rows.
    private void Tell(string text, Exception? e)
    {
        try
        {
            _fault(text, e);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _untold);
        }
    }

    private void Enqueue(RecordingEntry entry)
    {
        if (!_rows.Writer.TryWrite(entry))
            Tell($"the entry of the recording {entry.Id} was not written, too many wait; it is listed after the next start", null);
    }

    // New rows go before those that were refused, so a row that the store never takes holds up no other. Of one recording only the newest
    // row counts: it says all that the older ones said.
    private async Task SaveAsync()
    {
        var refused = new Queue<RecordingEntry>();
        var newest = new Dictionary<string, RecordingEntry>();
        var inARow = 0;
        try
        {
            while (refused.Count > 0 || await _rows.Reader.WaitToReadAsync(_stop.Token))
            {
                RecordingEntry? entry = null;
                var isNew = refused.Count < _settings.WaitingRows && _rows.Reader.TryRead(out entry);
                if (!isNew && (!refused.TryDequeue(out entry) || newest.GetValueOrDefault(entry.Id) != entry))
                    continue;

                if (isNew)
                    newest.Remove(entry!.Id);
                if (await TrySaveAsync(entry!, isTold: !isNew || inARow > 0))
                {
                    newest.Remove(entry!.Id);
                    inARow = 0;
                    continue;
                }

                newest[entry!.Id] = entry;
                refused.Enqueue(entry);
                if (++inARow % RefusalsInARow == 0 || _rows.Reader.Count == 0)
                    await PauseAsync(_settings.RetryPause);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The exchange ends; what waits is found by its file.
        }
    }

    private async Task<bool> TrySaveAsync(RecordingEntry entry, bool isTold)
    {
        try
        {
            await _store.SaveAsync(entry, _stop.Token);
            return true;
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            if (!isTold)
                Tell("the store does not take recordings; they wait", e);
            return false;
        }
    }

    private async Task PruneAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await PauseAsync(_settings.RetentionCheck);
                var deleted = await DeleteOldAsync(_stop.Token);
                if (deleted > 0)
                    Tell($"{deleted} recordings were older than the retention and are deleted", null);
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                Tell("old recordings were not deleted", e);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        using var timer = new PeriodicTimer(pause, _time);
        await timer.WaitForNextTickAsync(_stop.Token);
    }

    private RecordingEntry Finish(RecordingEntry entry)
    {
        try
        {
            using var file = TryOpen(entry);
            if (file is not null)
                return Finish(entry, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell($"the recording {entry.Id} cannot be finished", e);
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

    private List<string> RecentFiles(TenantId tenant)
    {
        var files = new List<string>();
        var now = _time.GetUtcNow();
        foreach (var day in new[] { now - TimeSpan.FromDays(1), now })
        {
            var folder = Path.Combine(_folder, FolderOf(tenant), DayOf(day));
            if (Directory.Exists(folder))
                files.AddRange(Directory.EnumerateFiles(folder, "*" + Extension));
        }

        return files;
    }

    private RecordingEntry? Orphan(TenantId tenant, string id, string path)
    {
        if (RecordingFile.KeyOf(path) is not { } keyId || _keys.Find(tenant, keyId) is not { } key)
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
            File = Path.GetRelativePath(_folder, path),
            State = RecordingState.Recording,
            StartedAt = file.StartedAt,
        };
    }
}
