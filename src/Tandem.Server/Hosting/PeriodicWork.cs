namespace Tandem.Server.Hosting;

/// <summary>Something that is done at the start and then again and again until it is disposed of. What fails is told, and done the next time.</summary>
public abstract class PeriodicWork : IAsyncDisposable
{
    private readonly Action<string, Exception?> _told;
    private readonly string _failed;
    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    /// <param name="interval">From one time to the next; above zero.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">What is told when it could not be done.</param>
    /// <param name="told">Hears what was done, and why it could not be; it must not throw.</param>
    protected PeriodicWork(TimeSpan interval, TimeProvider time, string failed, Action<string, Exception?> told)
    {
        (_failed, _told) = (failed, told);
        _timer = new PeriodicTimer(interval, time);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _timer.Dispose();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins; the last line of the constructor of what is done.</summary>
    protected void Begin() => _work = Task.Run(WorkAsync);

    /// <summary>Does it once. The text to tell, empty for nothing.</summary>
    protected abstract Task<string> DoAsync(CancellationToken stop);

    private async Task WorkAsync()
    {
        try
        {
            do
                await TryAsync();
            while (await _timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The exchange stops.
        }
    }

    private async Task TryAsync()
    {
        try
        {
            if (await DoAsync(_stop.Token) is { Length: > 0 } done)
                _told(done, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _told(_failed, e);
        }
    }
}
