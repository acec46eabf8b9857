using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>Deletes records of calls that are older than CDR_RETENTION, in small steps.</summary>
public sealed class CdrRetention : IAsyncDisposable
{
    private const int Step = 1_000;

    private readonly TandemStorage _storage;
    private readonly TimeSpan _retention;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception?> _told;
    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    /// <param name="told">Hears what was deleted, and why it could not be; it must not throw.</param>
    public CdrRetention(TandemStorage storage, StorageOptions options, TimeProvider time, Action<string, Exception?> told)
    {
        _storage = storage;
        _retention = options.CdrRetention;
        _time = time;
        _told = told;
        _timer = new PeriodicTimer(options.CdrRetentionCheck, time);
        _work = _retention > TimeSpan.Zero ? Task.Run(WorkAsync) : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _timer.Dispose();
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            do
                await DeleteAsync();
            while (await _timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The exchange stops.
        }
    }

    private async Task DeleteAsync()
    {
        try
        {
            var deleted = 0;
            while (await _storage.Cdrs.PurgeAsync(_time.GetUtcNow() - _retention, Step, _stop.Token) is > 0 and var some)
                deleted += some;
            if (deleted > 0)
                _told($"{deleted} records of calls were deleted for their age", null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The database is away: the next look does it.
            _told("old records of calls could not be deleted", e);
        }
    }
}
