namespace Tandem.Cluster.Redis;

/// <summary>Waiting without work.</summary>
internal static class Pauses
{
    /// <summary>Waits, or until it is cancelled; it does not throw.</summary>
    public static async Task WaitAsync(TimeSpan time, TimeProvider clock, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return;

        using var timer = new PeriodicTimer(time, clock);
        try
        {
            await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // What it waited for does not matter any more.
        }
    }
}
