using System.Threading.Channels;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Recording;

/// <summary>Entries on their way to the store, which may be away: they wait, bounded in number, and no recording waits for them. Thread-safe.</summary>
internal sealed class RecordingRows
{
    // Rows refused one after the other until it is taken that the store is away, and not that it dislikes these.
    private const int RefusalsInARow = 3;

    private readonly IRecordingStore _store;
    private readonly RecordingSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception?> _tell;
    private readonly Channel<RecordingEntry> _rows;
    private readonly CancellationToken _stop;

    /// <param name="store">Takes the entries.</param>
    /// <param name="settings">How many wait, and how long between two attempts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Told what went wrong; it does not throw.</param>
    /// <param name="stop">Ends the writing, whatever waits still.</param>
    public RecordingRows(IRecordingStore store, RecordingSettings settings, TimeProvider time, Action<string, Exception?> tell, CancellationToken stop)
    {
        _store = store;
        _settings = settings;
        _time = time;
        _tell = tell;
        _stop = stop;
        _rows = Channel.CreateBounded<RecordingEntry>(new BoundedChannelOptions(settings.WaitingRows) { SingleReader = true });
        Completion = Task.Run(SaveAsync);
    }

    /// <summary>Completes when all that was queued until <see cref="Complete"/> is written, or the writing was stopped.</summary>
    public Task Completion { get; }

    /// <summary>Queues an entry; the file of one beyond the bound is listed after the next start.</summary>
    public void Enqueue(RecordingEntry entry)
    {
        if (!_rows.Writer.TryWrite(entry))
            _tell($"the entry of the recording {entry.Id} was not written, too many wait; it is listed after the next start", null);
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete() => _rows.Writer.TryComplete();

    // New rows go before those that were refused, so a row that the store never takes holds up no other. Of one recording only the newest
    // row counts: it says all that the older ones said.
    private async Task SaveAsync()
    {
        var refused = new Queue<RecordingEntry>();
        var newest = new Dictionary<string, RecordingEntry>();
        var inARow = 0;
        try
        {
            while (refused.Count > 0 || await _rows.Reader.WaitToReadAsync(_stop))
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
            await _store.SaveAsync(entry, _stop);
            return true;
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            if (!isTold)
                _tell("the store does not take recordings; they wait", e);
            return false;
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        using var timer = new PeriodicTimer(pause, _time);
        await timer.WaitForNextTickAsync(_stop);
    }
}
