using System.Runtime;

namespace Tandem.Server.Hosting;

/// <summary>Collects as <see cref="CollectorPace"/> says, for the whole process: of use to <c>tandem serve</c> alone.</summary>
public sealed class CollectorWork : PeriodicWork
{
    // Twenty looks a second cost 0.05 % of a core; at 6 MB/s, which 200 requests a second make, each sees 300 kB.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // 40 MB/s: some 800 calls a second.
    private const long BusyBytes = 2 * 1024 * 1024;

    private readonly CollectorPace _pace;
    private readonly TimeProvider _time;
    private readonly long _start;

    /// <param name="step">Bytes after which a collection of the youngest is due; 0: never.</param>
    /// <param name="old">Time after which one of what is old is due; zero: never.</param>
    /// <param name="time">Measures the interval.</param>
    /// <param name="told">Hears why it could not be done; it must not throw.</param>
    public CollectorWork(long step, TimeSpan old, TimeProvider time, Action<string, Exception?> told)
        : base(Interval, time, "memory could not be collected ahead of time", told)
    {
        // Where somebody switched the thread beside the calls off, old memory is left to the runtime: each collection of it stops everything.
        _pace = new CollectorPace(step, BusyBytes, GCSettings.LatencyMode == GCLatencyMode.Batch ? TimeSpan.Zero : old);
        _time = time;
        _start = time.GetTimestamp();
        Begin();
    }

    protected override Task<string> DoAsync(CancellationToken stop)
    {
        // What is not asked to block leaves old memory to the thread beside the calls; the younger ones stop everything in any case.
        if (_pace.Due(GC.GetTotalAllocatedBytes(), GC.CollectionCount(0), _time.GetElapsedTime(_start)) is { } generation)
            GC.Collect(generation, GCCollectionMode.Forced, blocking: false);

        return Task.FromResult("");
    }
}
