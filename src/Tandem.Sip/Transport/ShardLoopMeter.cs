using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>How busy a shard loop is. Written by the loop alone, read by anyone.</summary>
public sealed class ShardLoopMeter
{
    private long _inputs;
    private long _turns;
    private long _rounds;
    private long _wakeUps;
    private long _faults;
    private long _unsent;
    private long _busyTicks;
    private long _longestTicks;
    private Moment _began;

    /// <summary>Messages and transport failures handled.</summary>
    public long Inputs => Volatile.Read(ref _inputs);

    /// <summary>Turns run.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>Rounds of the loop.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>Times that the loop slept and woke.</summary>
    public long WakeUps => Volatile.Read(ref _wakeUps);

    /// <summary>Exceptions that the shard threw.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>Packets dropped because no transport was there.</summary>
    public long Unsent => Volatile.Read(ref _unsent);

    /// <summary>Time spent working.</summary>
    public TimeSpan Busy => new(Volatile.Read(ref _busyTicks));

    /// <summary>The longest round since the last <see cref="ResetLongest"/>: how long a message may have waited for the loop.</summary>
    public TimeSpan LongestRound => new(Volatile.Read(ref _longestTicks));

    /// <summary>Forgets the longest round.</summary>
    public void ResetLongest() => Volatile.Write(ref _longestTicks, 0);

    internal void CountInput() => Add(ref _inputs, 1);

    internal void CountTurns(int turns) => Add(ref _turns, turns);

    internal void CountWakeUp() => Add(ref _wakeUps, 1);

    internal void CountFault() => Interlocked.Increment(ref _faults);

    internal void CountUnsent() => Add(ref _unsent, 1);

    internal void BeginRound(Moment now) => _began = now;

    internal void EndRound(Moment now)
    {
        var ticks = now.Ticks - _began.Ticks;
        Add(ref _rounds, 1);
        Add(ref _busyTicks, ticks);
        if (ticks > Volatile.Read(ref _longestTicks))
            Volatile.Write(ref _longestTicks, ticks);
    }

    // One writer: no interlocked operation is needed.
    private static void Add(ref long counter, long amount) => Volatile.Write(ref counter, Volatile.Read(ref counter) + amount);
}
