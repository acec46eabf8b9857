namespace Tandem.Server.Hosting;

/// <summary>Collects as <see cref="CollectorPace"/> says, for the whole process: of use to <c>tandem serve</c> alone.</summary>
public sealed class CollectorWork : PeriodicWork
{
    // Twenty looks a second cost 0.05 % of a core; at 6 MB/s, which 200 requests a second make, each sees 300 kB.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // 40 MB/s: some 800 calls a second.
    private const long BusyBytes = 2 * 1024 * 1024;

    private readonly CollectorPace _pace;

    /// <param name="step">Bytes after which a collection is due; above zero.</param>
    /// <param name="time">Measures the interval.</param>
    /// <param name="told">Hears why it could not be done; it must not throw.</param>
    public CollectorWork(long step, TimeProvider time, Action<string, Exception?> told)
        : base(Interval, time, "memory could not be collected ahead of time", told)
    {
        _pace = new CollectorPace(step, BusyBytes);
        Begin();
    }

    protected override Task<string> DoAsync(CancellationToken stop)
    {
        if (_pace.IsDue(GC.GetTotalAllocatedBytes(), GC.CollectionCount(0)))
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);

        return Task.FromResult("");
    }
}
