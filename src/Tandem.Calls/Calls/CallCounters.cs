namespace Tandem.Calls.Calls;

/// <summary>What the calls of one shard counted since the start. Written by the shard, read by anyone.</summary>
public sealed class CallCounters
{
    private long _created;
    private long _faults;
    private long _overloaded;
    private long _drained;
    private long _loops;
    private long _signalsRefused;

    /// <summary>Calls that began.</summary>
    public long Created => Volatile.Read(ref _created);

    /// <summary>Exceptions in call code; each ended its call with <see cref="EndReason.ServerError"/>.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>INVITEs refused because as many calls as allowed were in progress.</summary>
    public long Overloaded => Volatile.Read(ref _overloaded);

    /// <summary>INVITEs refused because the exchange was being stopped.</summary>
    public long Drained => Volatile.Read(ref _drained);

    /// <summary>INVITEs that came back from one of our own legs.</summary>
    public long Loops => Volatile.Read(ref _loops);

    /// <summary>Requests refused, and provisional responses dropped, because too much waited for their call.</summary>
    public long SignalsRefused => Volatile.Read(ref _signalsRefused);

    internal void CountCreated() => Interlocked.Increment(ref _created);

    internal void CountFault() => Interlocked.Increment(ref _faults);

    internal void CountOverloaded() => Interlocked.Increment(ref _overloaded);

    internal void CountDrained() => Interlocked.Increment(ref _drained);

    internal void CountLoop() => Interlocked.Increment(ref _loops);

    internal void CountSignalRefused() => Interlocked.Increment(ref _signalsRefused);
}
