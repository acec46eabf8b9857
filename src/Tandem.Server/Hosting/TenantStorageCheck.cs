using Tandem.Calls.Tenants;

namespace Tandem.Server.Hosting;

/// <summary>Counts now and then what tenants with a limit have stored.</summary>
public sealed class TenantStorageCheck : IAsyncDisposable
{
    private readonly TenantStorage _storage;
    private readonly Action<string, Exception?> _told;
    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    /// <param name="told">Hears why it could not be counted; it must not throw.</param>
    public TenantStorageCheck(TenantStorage storage, TimeSpan interval, TimeProvider time, Action<string, Exception?> told)
    {
        _storage = storage;
        _told = told;
        _timer = new PeriodicTimer(interval, time);
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
                await CountAsync();
            while (await _timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The exchange stops.
        }
    }

    private async Task CountAsync()
    {
        try
        {
            await _storage.CountAsync(_stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The database is away: what was counted last holds until the next time.
            _told("what tenants have stored could not be counted", e);
        }
    }
}
