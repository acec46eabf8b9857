using System.Diagnostics.Tracing;
using System.Numerics;

namespace Tandem.Server.Hosting;

/// <summary>
/// How long the garbage collector stopped the threads of the process, as the runtime itself tells: from the suspension to the moment at which
/// they may run again. What the collecting thread does after that, it does beside them: on one core it waits while they run.
/// A histogram of fixed size in buckets of 6 %; read on any thread.
/// </summary>
public sealed class GcPauses : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords GarbageCollection = (EventKeywords)1;
    private const int RestartBegin = 7;
    private const int SuspendBegin = 9;
    private const int PerOctave = 16;

    // Sound that comes later than that may be missed by a small jitter buffer.
    private const long LongUs = 5_000;

    private readonly long[] _buckets = new long[32 * PerOctave];
    private DateTime _began;
    private long _count;
    private long _longestUs;
    private long _totalUs;
    private long _long;

    /// <summary>Counts from here on.</summary>
    public static GcPauses Current { get; } = new();

    /// <summary>The numbers so far.</summary>
    public GcPauseNumbers Read() => new(
        Volatile.Read(ref _count), Quantile(0.5), Quantile(0.99), Quantile(0.999), Volatile.Read(ref _longestUs) / 1000.0, Volatile.Read(ref _totalUs) / 1000.0,
        Volatile.Read(ref _long));

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime)
            EnableEvents(eventSource, EventLevel.Informational, GarbageCollection);
    }

    // One thread of the runtime delivers the events, in order. Other suspensions (a debugger's) are told here too: they stop calls as well.
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId == SuspendBegin)
        {
            _began = eventData.TimeStamp;
        }
        else if (eventData.EventId == RestartBegin && _began != default)
        {
            Add((long)(eventData.TimeStamp - _began).TotalMicroseconds);
            _began = default;
        }
    }

    internal void Add(long microseconds)
    {
        Interlocked.Increment(ref _buckets[Bucket(Math.Max(0, microseconds))]);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _totalUs, microseconds);
        if (microseconds >= LongUs)
            Interlocked.Increment(ref _long);
        if (microseconds > Volatile.Read(ref _longestUs))
            Volatile.Write(ref _longestUs, microseconds);
    }

    private double Quantile(double share)
    {
        var count = Volatile.Read(ref _count);
        var left = (long)Math.Ceiling(share * count);
        for (var i = 0; i < _buckets.Length && count > 0; i++)
        {
            left -= Volatile.Read(ref _buckets[i]);
            if (left <= 0)
                return Math.Min(UpperBound(i), Volatile.Read(ref _longestUs)) / 1000.0;
        }

        return 0;
    }

    // Below 16 µs one bucket for each; above, 16 to each doubling.
    private static int Bucket(long microseconds)
    {
        if (microseconds < PerOctave)
            return (int)microseconds;

        var octave = BitOperations.Log2((ulong)microseconds) - 4;
        return Math.Min((octave * PerOctave) + (int)(microseconds >> octave), (32 * PerOctave) - 1);
    }

    private static long UpperBound(int bucket)
    {
        if (bucket < PerOctave)
            return bucket + 1;

        var octave = (bucket / PerOctave) - 1;
        return ((bucket % PerOctave) + PerOctave + 1L) << octave;
    }
}
