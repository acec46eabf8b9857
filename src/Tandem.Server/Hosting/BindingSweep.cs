using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>Deletes registrations that expired and were not taken out: those of nodes that are gone for good. Any node does it, in small steps.</summary>
public sealed class BindingSweep : IAsyncDisposable
{
    private const int Step = 1_000;

    private readonly TandemStorage _storage;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception?> _told;
    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    /// <param name="told">Hears what was deleted, and why it could not be; it must not throw.</param>
    public BindingSweep(TandemStorage storage, StorageOptions options, TimeProvider time, Action<string, Exception?> told)
    {
        _storage = storage;
        _grace = options.BindingSweepGrace;
        _time = time;
        _told = told;
        _timer = new PeriodicTimer(options.BindingSweepInterval, time);
        _work = Task.Run(WorkAsync);
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
                await SweepAsync();
            while (await _timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The exchange stops.
        }
    }

    private async Task SweepAsync()
    {
        try
        {
            var swept = 0;
            while (await _storage.Bindings.SweepAsync(_time.GetUtcNow() - _grace, Step, _stop.Token) is > 0 and var some)
                swept += some;
            if (swept > 0)
                _told($"{swept} registrations that expired at nodes that are gone were deleted", null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The database is away: the next sweep does it.
            _told("expired registrations could not be deleted", e);
        }
    }
}
