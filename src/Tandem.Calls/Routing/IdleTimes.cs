using System.Collections.Concurrent;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Routing;

/// <summary>When extensions of groups came out of their last call. One instance for all shards.</summary>
internal sealed class IdleTimes
{
    private readonly ConcurrentDictionary<(TenantId, string), long> _since = new();

    /// <summary>A member of a group has answered a call, or come out of it.</summary>
    public void Touch(TenantId tenant, string number, Moment now) => _since[(tenant, number)] = now.Ticks;

    /// <summary>When that was; the smallest of all numbers for never.</summary>
    public long SinceOf(TenantId tenant, string number) => _since.GetValueOrDefault((tenant, number), long.MinValue);
}
