namespace Tandem.Storage.Outbox;

/// <summary>Numbers the events of a process: the wall clock in microseconds, and always more than the number before. Thread-safe.</summary>
internal sealed class EventClock(TimeProvider time)
{
    private long _last;

    public long Next()
    {
        var now = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMicrosecond - DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return next;
        }
    }
}
