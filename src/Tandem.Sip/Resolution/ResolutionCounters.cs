namespace Tandem.Sip.Resolution;

/// <summary>What a shard's resolver and locator count. Written by the loop, read by anyone; all only ever grow.</summary>
public sealed class ResolutionCounters
{
    private long _asked;
    private long _fromCache;
    private long _joined;
    private long _failed;
    private long _stale;
    private long _refused;
    private long _rested;

    /// <summary>Questions that were sent to name servers.</summary>
    public long Asked => Volatile.Read(ref _asked);

    /// <summary>Questions that the cache answered.</summary>
    public long FromCache => Volatile.Read(ref _fromCache);

    /// <summary>Questions that waited for the answer to the same one.</summary>
    public long Joined => Volatile.Read(ref _joined);

    /// <summary>Questions that no name server answered.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Questions answered with what was kept beyond its time, because no name server answered.</summary>
    public long Stale => Volatile.Read(ref _stale);

    /// <summary>Questions refused because too many were under way.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Targets that were given a rest because they failed.</summary>
    public long Rested => Volatile.Read(ref _rested);

    internal void CountAsked() => _asked++;

    internal void CountFromCache() => _fromCache++;

    internal void CountJoined() => _joined++;

    internal void CountFailed() => _failed++;

    internal void CountStale() => _stale++;

    internal void CountRefused() => _refused++;

    internal void CountRested() => _rested++;
}
