using Tandem.Calls.Shards;
using Tandem.Calls.Tracing;

namespace Tandem.Server.Hosting;

/// <summary>Has the sound of calls in progress reported to their traces now and then, and old traces let go of.</summary>
internal sealed class MediaSampler : IAsyncDisposable
{
    // Which calls are due is known per call: looking costs a walk through the calls in progress.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private readonly PeriodicTimer _timer;
    private readonly Task _running;

    public MediaSampler(Exchange exchange, TraceOptions options, TimeProvider time, Action<Exception> failed)
    {
        _timer = new PeriodicTimer(options.MediaInterval < Step ? options.MediaInterval : Step, time);
        _running = RunAsync(exchange, time, failed);
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _running;
    }

    private async Task RunAsync(Exchange exchange, TimeProvider time, Action<Exception> failed)
    {
        while (await _timer.WaitForNextTickAsync())
        {
            try
            {
                exchange.SampleMedia(time.GetUtcNow());
            }
            catch (Exception e)
            {
                // A report that fails must not end all others.
                failed(e);
            }
        }
    }
}
