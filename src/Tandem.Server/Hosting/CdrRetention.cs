using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>Deletes records of calls that are older than CDR_RETENTION, in small steps.</summary>
public sealed class CdrRetention : PeriodicWork
{
    private const int Step = 1_000;

    private readonly TandemStorage _storage;
    private readonly TimeSpan _retention;
    private readonly TimeProvider _time;

    /// <param name="told">Hears what was deleted, and why it could not be; it must not throw.</param>
    public CdrRetention(TandemStorage storage, StorageOptions options, TimeProvider time, Action<string, Exception?> told)
        : base(options.CdrRetentionCheck, time, "old records of calls could not be deleted", told)
    {
        (_storage, _retention, _time) = (storage, options.CdrRetention, time);
        if (_retention > TimeSpan.Zero)
            Begin();
    }

    protected override async Task<string> DoAsync(CancellationToken stop)
    {
        var deleted = 0;
        while (await _storage.Cdrs.PurgeAsync(_time.GetUtcNow() - _retention, Step, stop) is > 0 and var some)
            deleted += some;
        return deleted > 0 ? $"{deleted} records of calls were deleted for their age" : "";
    }
}
