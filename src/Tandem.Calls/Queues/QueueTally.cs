using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>What came of the callers of a queue in the last hour, in buckets of a minute.</summary>
internal sealed class QueueTally
{
    private const int Buckets = 60;

    private readonly Bucket[] _buckets = new Bucket[Buckets];

    public void Joined(Moment now) => At(now).Joined++;

    public void Abandoned(Moment now) => At(now).Abandoned++;

    public void Overflowed(Moment now) => At(now).Overflowed++;

    public void Answered(Moment now, TimeSpan waited, TimeSpan inTime)
    {
        ref var bucket = ref At(now);
        bucket.Answered++;
        bucket.Waited += waited.Ticks;
        if (waited <= inTime)
            bucket.InTime++;
    }

    public void Ended(Moment now, TimeSpan lasted)
    {
        ref var bucket = ref At(now);
        bucket.Calls++;
        bucket.Lasted += lasted.Ticks;
    }

    public TimeSpan? AverageCall(Moment now)
    {
        var sum = Sum(now);
        return sum.Calls > 0 ? new TimeSpan(sum.Lasted / sum.Calls) : null;
    }

    public QueueFigures Into(QueueFigures figures, Moment now)
    {
        var sum = Sum(now);
        return figures with
        {
            Joined = sum.Joined,
            Answered = sum.Answered,
            Abandoned = sum.Abandoned,
            Overflowed = sum.Overflowed,
            InTime = sum.InTime,
            AverageWait = sum.Answered > 0 ? new TimeSpan(sum.Waited / sum.Answered) : TimeSpan.Zero,
            AverageCall = sum.Calls > 0 ? new TimeSpan(sum.Lasted / sum.Calls) : TimeSpan.Zero,
        };
    }

    private static long MinuteOf(Moment now) => now.Ticks / TimeSpan.TicksPerMinute;

    private ref Bucket At(Moment now)
    {
        // One more than the minute, so that a bucket never written is of no minute.
        var minute = MinuteOf(now);
        ref var bucket = ref _buckets[minute % Buckets];
        if (bucket.Stamp != minute + 1)
            bucket = new Bucket { Stamp = minute + 1 };
        return ref bucket;
    }

    private Bucket Sum(Moment now)
    {
        var oldest = MinuteOf(now) + 1 - Buckets;
        var sum = default(Bucket);
        foreach (ref readonly var bucket in _buckets.AsSpan())
        {
            if (bucket.Stamp == 0 || bucket.Stamp <= oldest)
                continue;

            sum.Joined += bucket.Joined;
            sum.Answered += bucket.Answered;
            sum.Abandoned += bucket.Abandoned;
            sum.Overflowed += bucket.Overflowed;
            sum.InTime += bucket.InTime;
            sum.Waited += bucket.Waited;
            sum.Calls += bucket.Calls;
            sum.Lasted += bucket.Lasted;
        }

        return sum;
    }

    private struct Bucket
    {
        public long Stamp;
        public long Joined;
        public long Answered;
        public long Abandoned;
        public long Overflowed;
        public long InTime;
        public long Waited;
        public long Calls;
        public long Lasted;
    }
}
