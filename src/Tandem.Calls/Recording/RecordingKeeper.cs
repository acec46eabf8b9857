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
public sealed partial class RecordingKeeper : IRecordingService, IAsyncDisposable
{
    private readonly RecordingEngine _engine;
    private readonly IRecordingStore _store;
    private readonly IRecordingKeys _keys;
    private readonly RecordingSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception?> _fault;
    private readonly RecordingFiles _files;
    private readonly RecordingRows _rows;
    private readonly CancellationTokenSource _stop = new();
    private readonly MissingFiles _missing;
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
        var folder = Path.GetFullPath(settings.Folder.Length > 0 ? settings.Folder : Path.Combine(dataDirectory, "recordings"));
        _files = new RecordingFiles(folder, keys, time, Tell);
        _missing = new MissingFiles(settings.LostAfter, time);
        _rows = new RecordingRows(store, settings, time, Tell, _stop.Token);
        _pruning = Task.Run(PruneAsync);
    }

    /// <summary>The thread that writes, for its counts.</summary>
    public RecordingEngine Engine => _engine;

    /// <summary>Faults that could not be told, because who is told threw.</summary>
    public int UntoldFaults => Volatile.Read(ref _untold);

    /// <summary>The folder.</summary>
    public string Folder => _files.Folder;

    /// <summary>Who says that a tenant has no room for more; null: nobody.</summary>
    public TenantStorage? Storage { get; set; }

    /// <inheritdoc/>
    public Recorder? TryStart(RecordingOrder order, out string problem)
    {
        if (Storage?.Problem(order.Tenant) is { } full)
        {
            problem = full;
            return null;
        }

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
            File = RecordingFiles.NameOf(order.Tenant, now, id),
            State = RecordingState.Recording,
            StartedAt = now,
            ConsentAt = order.ConsentAt,
        };
        var recorder = _engine.TryStart(new RecordingRequest(id, _files.PathOf(entry), key, entry.Format, entry.Channels, now), out problem);
        if (recorder is null)
            return null;

        _rows.Enqueue(entry);
        _ = FollowAsync(recorder, entry);
        return recorder;
    }

    /// <summary>The file of an entry, opened; null when it is gone or its key is.</summary>
    public RecordingFile? TryOpen(RecordingEntry entry) => _files.TryOpen(entry);

    /// <summary>
    /// Deletes a recording that is over, its file first; false when the file cannot be deleted, or somebody holds it. When the file is not here its entry becomes
    /// <see cref="RecordingState.Abandoned"/>: the node that has it deletes both.
    /// </summary>
    public async Task<bool> DeleteAsync(RecordingEntry entry, CancellationToken cancellation = default)
    {
        // Asked once more: it may be held since the entry was read.
        if (entry.IsHeld || await _store.FindAsync(entry.Tenant, entry.Id, cancellation) is { IsHeld: true })
            return false;

        if (!_files.Has(entry) && _settings.LostAfter > TimeSpan.Zero)
        {
            await _store.AbandonAsync(entry.Tenant, entry.Id, cancellation);
            return true;
        }

        return await DeleteBothAsync(entry, cancellation);
    }

    private async Task<bool> DeleteBothAsync(RecordingEntry entry, CancellationToken cancellation)
    {
        if (!_files.TryDelete(entry))
            return false;

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
            // Another node may be making it: over, it would be deleted under its writer.
            if (entry.State == RecordingState.Abandoned && !_files.Has(entry) && entry.StartedAt > _time.GetUtcNow() - _settings.LostAfter)
                continue;

            await _store.SaveAsync(_files.Finish(entry), cancellation);
            count++;
        }

        foreach (var tenant in tenants)
        {
            foreach (var path in _files.RecentFiles(tenant))
            {
                var id = Path.GetFileNameWithoutExtension(path);
                var known = await _store.FindAsync(tenant, id, cancellation);

                // A node that has no file of it, and started before this one, found nothing to hear.
                var isFoundLost = known is { State: RecordingState.Failed, Bytes: 0, EndReason: RecordingFiles.NodeLost };
                if ((known is not null && !isFoundLost) || (known ?? _files.Orphan(tenant, id, path)) is not { } entry)
                    continue;

                await _store.SaveAsync(_files.Finish(entry), cancellation);
                count++;
            }
        }

        return count;
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
        _rows.Complete();
        try
        {
            await _rows.Completion.WaitAsync(TimeSpan.FromSeconds(5), _time);
        }
        catch (TimeoutException)
        {
            Tell("the store did not take the last recordings; they are listed after the next start", null);
        }

        await _stop.CancelAsync();
        await Task.WhenAll(_rows.Completion, _pruning);
        _stop.Dispose();
    }

    private async Task FollowAsync(Recorder recorder, RecordingEntry entry)
    {
        Interlocked.Increment(ref _followed);
        try
        {
            var summary = await recorder.Completion;
            Storage?.Add(entry.Tenant, summary.Bytes);
            _rows.Enqueue(entry with
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
}
