namespace Tandem.Sip.Authentication;

/// <summary>How often each outcome occurred, since the start. Written by all shards, read by anyone.</summary>
public sealed class DigestCounters
{
    private readonly long[] _outcomes = new long[5];
    private long _challenges;

    /// <summary>Requests whose credentials had this outcome.</summary>
    public long this[DigestOutcome outcome] => Volatile.Read(ref _outcomes[(int)outcome]);

    /// <summary>Challenges written, one for each answer whatever its number of algorithms.</summary>
    public long Challenges => Volatile.Read(ref _challenges);

    internal void Count(DigestOutcome outcome) => Interlocked.Increment(ref _outcomes[(int)outcome]);

    internal void CountChallenge() => Interlocked.Increment(ref _challenges);
}
