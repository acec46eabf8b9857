using Tandem.Server.Options;
using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>Keeps the claims of requests that run here, and deletes answers that have expired, in small steps. Any node does it.</summary>
public sealed class IdempotencyUpkeep : PeriodicWork
{
    private const int Step = 1_000;
    private const int SignsOfLife = 4;

    private readonly TandemStorage _storage;
    private readonly TimeSpan _claim;

    /// <param name="told">Hears why it could not be done; it must not throw.</param>
    public IdempotencyUpkeep(TandemStorage storage, HttpOptions options, TimeProvider time, Action<string, Exception?> told)
        : base(options.IdempotencyClaim / SignsOfLife, time, "keys of requests that are done once could not be kept", told)
    {
        (_storage, _claim) = (storage, options.IdempotencyClaim);
        Begin();
    }

    protected override async Task<string> DoAsync(CancellationToken stop)
    {
        while (await _storage.Idempotency.UpkeepAsync(_claim, Step, stop) == Step)
            stop.ThrowIfCancellationRequested();
        return "";
    }
}
