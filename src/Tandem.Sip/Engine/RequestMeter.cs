namespace Tandem.Sip.Engine;

/// <summary>How the requests of one method that came to one engine were answered, and how soon. One loop writes; anyone reads.</summary>
public sealed class RequestMeter
{
    private readonly long[] _buckets = new long[Bounds.Count + 1];
    private long _succeeded;
    private long _failed;
    private long _ticks;

    /// <summary>The upper bounds of the buckets, seconds, inclusive.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static long[] BoundTicks { get; } = [.. Bounds.Select(seconds => (long)(seconds * TimeSpan.TicksPerSecond))];

    /// <summary>Requests with a final answer below 400, or one that asks for credentials.</summary>
    public long Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>Requests with any other final answer.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>From the requests to their final answers, in all.</summary>
    public TimeSpan Total => new(Volatile.Read(ref _ticks));

    /// <summary>Requests in one bucket; the last one is what took longer than all bounds.</summary>
    public long Bucket(int index) => Volatile.Read(ref _buckets[index]);

    internal void Count(int status, TimeSpan after)
    {
        // A challenge is a step on the way, no failure (RFC 3261 §22).
        if (status < 400 || status is 401 or 407)
            _succeeded++;
        else
            _failed++;

        var bucket = 0;
        while (bucket < BoundTicks.Length && after.Ticks > BoundTicks[bucket])
            bucket++;
        _buckets[bucket]++;
        _ticks += after.Ticks;
    }
}
