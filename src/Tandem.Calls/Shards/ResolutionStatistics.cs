using Tandem.Sip.Engine;

namespace Tandem.Calls.Shards;

/// <summary>Names and targets of requests (RFC 3263), all shards together. Counts only grow.</summary>
public sealed record ResolutionStatistics
{
    /// <summary>Answers that are kept.</summary>
    public int Kept { get; init; }

    /// <summary>Questions that wait for their answer.</summary>
    public int Waiting { get; init; }

    /// <summary>Targets that rest because they failed.</summary>
    public int Resting { get; init; }

    /// <summary>Questions that were sent to name servers.</summary>
    public long Asked { get; init; }

    /// <summary>Questions that the cache answered.</summary>
    public long FromCache { get; init; }

    /// <summary>Questions that no name server answered.</summary>
    public long Failed { get; init; }

    /// <summary>Questions answered with what was kept beyond its time.</summary>
    public long Stale { get; init; }

    /// <summary>Questions refused because too many were under way.</summary>
    public long Refused { get; init; }

    /// <summary>Requests that went on to their next target.</summary>
    public long Failovers { get; init; }

    internal static ResolutionStatistics Of(IReadOnlyList<ExchangeShard> shards) => new()
    {
        Kept = shards.Sum(s => s.Engine.Locator.Resolver.Entries),
        Waiting = shards.Sum(s => s.Engine.Locator.Resolver.Questions),
        Resting = shards.Sum(s => s.Engine.Locator.Resting),
        Asked = shards.Sum(s => s.Engine.Locator.Counters.Asked),
        FromCache = shards.Sum(s => s.Engine.Locator.Counters.FromCache),
        Failed = shards.Sum(s => s.Engine.Locator.Counters.Failed),
        Stale = shards.Sum(s => s.Engine.Locator.Counters.Stale),
        Refused = shards.Sum(s => s.Engine.Locator.Counters.Refused),
        Failovers = shards.Sum(s => s.Engine.Counters[EngineCounter.Failovers]),
    };
}
