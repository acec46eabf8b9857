namespace Tandem.Calls.Recording;

// What is too old or wanted by nobody goes. Several nodes look at the same entries, and each has files of its own.
public sealed partial class RecordingKeeper
{
    private const int PruneBatch = 100;

    /// <summary>Told of each recording that was older than the retention, or whose voicemail is gone, and is deleted; on the thread that deletes, and it does not throw.</summary>
    public Action<RecordingEntry>? Expired { get; set; }

    /// <summary>Says of the id of a recording whether a message is made of it that is in no box yet: it is not old then, whatever the store says. On the thread that deletes, and it does not throw.</summary>
    public Func<string, bool>? IsWaiting { get; set; }

    /// <summary>
    /// Deletes what is older than the retention, and the sound of voicemails that are gone, which no retention keeps; returns how many there were. Each node deletes what it has the files of; an entry
    /// whose file no node has goes alone (<see cref="RecordingSettings.LostAfter"/>). Not at the same time as another call of it.
    /// </summary>
    public async Task<int> DeleteOldAsync(CancellationToken cancellation = default)
    {
        _missing.Begin();
        var count = await DeleteAllAsync(after => _store.AbandonedAsync(PruneBatch, after, cancellation), cancellation);
        if (_settings.Retention > TimeSpan.Zero)
        {
            var before = _time.GetUtcNow() - _settings.Retention;
            count += await DeleteAllAsync(after => _store.OlderAsync(before, PruneBatch, after, cancellation), cancellation);
        }

        _missing.End();
        return count;
    }

    // Page after page: what stays, because it is held by now or lies at another node, is behind the next one.
    private async Task<int> DeleteAllAsync(Func<RecordingEntry?, Task<IReadOnlyList<RecordingEntry>>> next, CancellationToken cancellation)
    {
        var count = 0;
        RecordingEntry? last = null;
        while (true)
        {
            var old = await next(last);
            foreach (var entry in old)
            {
                if (!await IsToGoAsync(entry, cancellation) || !await DeleteBothAsync(entry, cancellation))
                    continue;

                count++;
                Expired?.Invoke(entry);
            }

            if (old.Count < PruneBatch)
                return count;
            last = old[^1];
        }
    }

    // Asked once more: since the page was read somebody may hold it, or another node have deleted it.
    private async Task<bool> IsToGoAsync(RecordingEntry entry, CancellationToken cancellation) =>
        IsWaiting?.Invoke(entry.Id) is not true && (_files.Has(entry) || _missing.IsLost(entry.Id))
        && await _store.FindAsync(entry.Tenant, entry.Id, cancellation) is { IsHeld: false };

    private async Task PruneAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await PauseAsync(_settings.RetentionCheck);
                var deleted = await DeleteOldAsync(_stop.Token);
                if (deleted > 0)
                    Tell($"{deleted} recordings were older than the retention, or of voicemails that are gone, and are deleted", null);
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
}
