using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>Deletes registrations that expired and were not taken out: those of nodes that are gone for good. Any node does it, in small steps.</summary>
public sealed class BindingSweep : PeriodicWork
{
    private const int Step = 1_000;

    private readonly TandemStorage _storage;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;

    /// <param name="told">Hears what was deleted, and why it could not be; it must not throw.</param>
    public BindingSweep(TandemStorage storage, StorageOptions options, TimeProvider time, Action<string, Exception?> told)
        : base(options.BindingSweepInterval, time, "expired registrations could not be deleted", told)
    {
        (_storage, _grace, _time) = (storage, options.BindingSweepGrace, time);
        Begin();
    }

    protected override async Task<string> DoAsync(CancellationToken stop)
    {
        var swept = 0;
        while (await _storage.Bindings.SweepAsync(_time.GetUtcNow() - _grace, Step, stop) is > 0 and var some)
            swept += some;
        return swept > 0 ? $"{swept} registrations that expired at nodes that are gone were deleted" : "";
    }
}
